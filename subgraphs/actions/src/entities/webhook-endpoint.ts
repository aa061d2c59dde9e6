import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { WebhookEventType } from './webhook-event-type.ts';

export enum WebhookDisabledBecause {
  REQUESTED = 'REQUESTED',
  GONE = 'GONE',
  FAILING = 'FAILING',
}

registerEnumType(WebhookDisabledBecause, {
  name: 'WebhookDisabledBecause',
  description: 'Why a webhook gets nothing any more.',
  valuesConfig: {
    REQUESTED: { description: 'Somebody disabled it.' },
    GONE: { description: 'It answered with status 410, Gone: it wants no more.' },
    FAILING: { description: 'It took nothing for five days.' },
  },
});

/** An address of the tenant's that is told what happens to its actions. */
@ObjectType('Webhook', { description: "An address that is told what happens to the tenant's actions." })
@Entity({ schema: 'actions', tableName: 'webhook_endpoint' })
export class WebhookEndpoint {
  @Field(() => ID, { description: 'Stable id.' })
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  tenantId!: string;

  @Field({ description: 'Where it is told.' })
  @Property({ type: 'text' })
  url!: string;

  @Field({ description: 'What it is for, in words; may be empty.' })
  @Property({ type: 'text' })
  description!: string;

  @Field(() => [WebhookEventType], { nullable: true, description: 'What it is told of; null for everything.' })
  @Property({ type: 'text[]', nullable: true })
  eventTypes!: WebhookEventType[] | null;

  /** Sealed. */
  @Property({ type: 'text' })
  secret!: string;

  /** Sealed; of before the last rotation. */
  @Property({ type: 'text', nullable: true })
  previousSecret!: string | null;

  @Field(() => Date, {
    nullable: true,
    description: 'Until when webhooks are signed with the secret of before the last rotation, too; null without one.',
  })
  @Property({ type: 'datetime', nullable: true })
  previousSecretUntil!: Date | null;

  @Field(() => Date, { nullable: true, description: 'Since when it gets nothing; null while it is enabled.' })
  @Property({ type: 'datetime', nullable: true })
  disabledAt!: Date | null;

  @Field(() => WebhookDisabledBecause, {
    nullable: true,
    description: 'Why it gets nothing; null while it is enabled.',
  })
  @Property({ type: 'text', nullable: true })
  disabledBecause!: WebhookDisabledBecause | null;

  @Field(() => Date, {
    nullable: true,
    description: 'Since when each attempt has failed; null when the last one did not.',
  })
  @Property({ type: 'datetime', nullable: true })
  failingSince!: Date | null;

  @Property({ type: 'datetime', nullable: true })
  lastFailedAt!: Date | null;

  @Field(() => Date, { description: 'When it was made.' })
  @Property({ type: 'datetime' })
  createdAt!: Date;

  @Field(() => Date, { description: 'When somebody last changed it.' })
  @Property({ type: 'datetime' })
  updatedAt!: Date;
}
