import { JsonScalar } from '@countersign/kernel';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { JsonObject } from '../services/decision-log/index.ts';

@ObjectType({ description: 'Who did what an entry records.' })
export class LogPrincipal {
  @Field({ description: '`user`, `service`, `connector` or `platform_operator`.' })
  kind!: string;

  @Field({ description: "A user's id, or a service's name." })
  id!: string;
}

/** One entry of the decision log: written with what it records, sealed (numbered and chained) within a second. */
@ObjectType({
  description:
    'One entry of the decision log: written with what it records, sealed (numbered and chained) within a second.',
})
@Entity({ schema: 'actions', tableName: 'log_entry' })
export class LogEntry {
  @Field(() => ID, { description: 'Stable id.' })
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  tenantId!: string;

  @Field(() => Int, { description: "Version of the entry's format." })
  @Property({ type: 'integer' })
  format!: number;

  @Field(() => ID, {
    nullable: true,
    description: 'The action that it is about; null for what concerns no one action.',
  })
  @Property({ type: 'uuid', nullable: true })
  actionId!: string | null;

  @Field({
    description:
      'What it records: `INPUT`, `EVIDENCE`, `PREVIEW`, `POLICY`, `APPROVAL`, `INTENT`, `EXECUTION`, `OUTCOME`, `UNDO` and others.',
  })
  @Property({ type: 'text' })
  kind!: string;

  @Field(() => Date, { description: 'When it happened.' })
  @Property({ type: 'datetime' })
  occurredAt!: Date;

  @Field(() => LogPrincipal, { description: 'Who did it.' })
  @Property({ type: 'jsonb' })
  principal!: LogPrincipal;

  @Field({ description: 'One id for everything that a request set in motion.' })
  @Property({ type: 'text' })
  correlationId!: string;

  @Field(() => String, { nullable: true, description: 'The business process, as the caller named it.' })
  @Property({ type: 'text', nullable: true })
  workflow!: string | null;

  @Field(() => String, { nullable: true, description: 'Where it was done, such as `console` or `api`.' })
  @Property({ type: 'text', nullable: true })
  surface!: string | null;

  @Field(() => JsonScalar, { description: 'What was recorded and stays as it is.' })
  @Property({ type: 'jsonb' })
  facts!: JsonObject;

  @Field(() => JsonScalar, {
    nullable: true,
    description:
      'What was recorded and may have to be erased; the digests below still commit to it then. Masked or refused to who may not see it.',
  })
  @Property({ type: 'jsonb', fieldName: 'entry_values' })
  values!: JsonObject;

  @Property({ type: 'jsonb' })
  salts!: Record<string, string>;

  @Field(() => JsonScalar, { description: 'By name of value, the salted SHA-256 that the entry commits to, in hex.' })
  @Property({ type: 'jsonb' })
  valueDigests!: Record<string, string>;

  @Field(() => String, {
    nullable: true,
    description: 'Content digest of the entry before this one of the same action.',
  })
  @Property({ type: 'text', nullable: true })
  previousOfAction!: string | null;

  @Field(() => Int, { nullable: true, description: "Number within the tenant's log, from 1; null until sealed." })
  @Property({ type: 'integer', nullable: true })
  seq!: number | null;

  @Field(() => String, { nullable: true, description: 'SHA-256 of what the entry says; null until sealed.' })
  @Property({ type: 'text', nullable: true })
  contentDigest!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Hash of the entry before this one in the tenant's log; null until sealed.",
  })
  @Property({ type: 'text', nullable: true })
  previousHash!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'SHA-256 over number, content and the hash before; null until sealed.',
  })
  @Property({ type: 'text', nullable: true })
  hash!: string | null;
}
