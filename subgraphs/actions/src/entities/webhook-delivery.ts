import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { WebhookEventType } from './webhook-event-type.ts';

export enum WebhookDeliveryStatus {
  PENDING = 'PENDING',
  DELIVERED = 'DELIVERED',
  FAILED = 'FAILED',
  SKIPPED = 'SKIPPED',
}

registerEnumType(WebhookDeliveryStatus, {
  name: 'WebhookDeliveryStatus',
  description: 'Where a delivery stands.',
  valuesConfig: {
    PENDING: { description: 'It is to be sent, for the first time or again.' },
    DELIVERED: { description: 'The receiver answered with a status from 200 to 299.' },
    FAILED: { description: 'The attempts are used up, or the receiver wants no more.' },
    SKIPPED: { description: 'The webhook was disabled. A replay sends it.' },
  },
});

export enum WebhookFailure {
  STATUS = 'STATUS',
  GONE = 'GONE',
  REDIRECT = 'REDIRECT',
  TIMEOUT = 'TIMEOUT',
  UNREACHABLE = 'UNREACHABLE',
  TLS = 'TLS',
  ADDRESS_FORBIDDEN = 'ADDRESS_FORBIDDEN',
  SECRET_UNREADABLE = 'SECRET_UNREADABLE',
}

registerEnumType(WebhookFailure, {
  name: 'WebhookFailure',
  description: 'Why an attempt failed.',
  valuesConfig: {
    STATUS: { description: 'The receiver answered with a status of its own that is not from 200 to 299.' },
    GONE: { description: 'The receiver answered with status 410.' },
    REDIRECT: { description: 'The receiver answered with a redirect, which is never followed.' },
    TIMEOUT: { description: 'No answer within ten seconds.' },
    UNREACHABLE: { description: 'No connection, or one that broke off.' },
    TLS: { description: "The receiver's certificate does not hold, or it does not speak TLS." },
    ADDRESS_FORBIDDEN: { description: "The host's name led to an inner, or otherwise reserved, address." },
    SECRET_UNREADABLE: { description: 'The stored secret does not open under the key of the server: rotate it.' },
  },
});

/** One webhook of one event to one address, and what came of it. */
@ObjectType({ description: 'One event that one webhook is told of, and what came of it. Kept for 30 days.' })
@Entity({ schema: 'actions', tableName: 'webhook_delivery' })
export class WebhookDelivery {
  @Field(() => ID, { description: 'Stable id.' })
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  tenantId!: string;

  @Field(() => ID, { name: 'webhookId', description: 'The webhook.' })
  @Property({ type: 'uuid' })
  endpointId!: string;

  @Field(() => ID, { description: 'Sent as `webhook-id`: the same with each attempt and each replay.' })
  @Property({ type: 'uuid' })
  eventId!: string;

  @Field(() => WebhookEventType, { description: 'What it tells of.' })
  @Property({ type: 'text' })
  type!: WebhookEventType;

  @Field({ description: 'The body as it is sent: JSON.' })
  @Property({ type: 'text' })
  body!: string;

  @Field(() => WebhookDeliveryStatus, { description: 'Where it stands.' })
  @Property({ type: 'text' })
  status!: WebhookDeliveryStatus;

  /** Also the fence: what was begun as one attempt is brought in only while it is the last one. */
  @Field(() => Int, { description: 'How often it was sent.' })
  @Property({ type: 'integer' })
  attempts!: number;

  /** Since it was last begun anew. */
  @Property({ type: 'integer' })
  failures!: number;

  @Field(() => Date, { nullable: true, description: 'When it is sent next; null when it is not.' })
  @Property({ type: 'datetime', nullable: true })
  nextAttemptAt!: Date | null;

  @Property({ type: 'text', nullable: true })
  leaseOwner!: string | null;

  @Property({ type: 'datetime', nullable: true })
  leaseUntil!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it was last sent; null before the first time.' })
  @Property({ type: 'datetime', nullable: true })
  lastAttemptAt!: Date | null;

  @Field(() => Int, { nullable: true, description: "The last answer's HTTP status; null without one." })
  @Property({ type: 'integer', nullable: true })
  responseStatus!: number | null;

  @Field(() => WebhookFailure, { nullable: true, description: 'Why the last attempt failed; null when it did not.' })
  @Property({ type: 'text', nullable: true })
  reason!: WebhookFailure | null;

  @Field(() => Date, { description: 'When it was to be sent first.' })
  @Property({ type: 'datetime' })
  createdAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When the receiver last took it; null when it never did.' })
  @Property({ type: 'datetime', nullable: true })
  deliveredAt!: Date | null;
}
