import { JsonScalar, type Principal, type PrincipalKind } from '@countersign/kernel';
import type { ToolManifest } from '@countersign/plugin-sdk';
import { DecimalType, OptionalProps } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Directive, Field, Float, ID, Int, ObjectType } from 'type-graphql';
import type { Level } from '../services/autonomy/index.ts';
import type { JsonObject } from '../services/decision-log/index.ts';
import type { ActionStatus, StandsAt } from '../services/lifecycle/index.ts';
import { ActionStatusEnum } from './action-status.ts';
import { Approval } from './approval.ts';
import { AutonomyLevel } from './autonomy-level.ts';
import { Evidence } from './evidence.ts';
import { Outcome, Policy, Preview } from './plan.ts';
import { User } from './references.ts';

/** One call of one tool, from proposal to outcome. */
@Directive('@key(fields: "id")')
@ObjectType({ description: 'One call of one tool, from proposal to outcome.' })
@Entity({ schema: 'actions', tableName: 'action' })
export class Action {
  [OptionalProps]?:
    | 'version'
    | 'waitingFor'
    | 'maker'
    | 'changedBy'
    | 'undoableUntil'
    | 'evidence'
    | 'approvals'
    | 'undo'
    | 'undoOf';

  @Field(() => ID, { description: 'Stable id. It is also the idempotency key that the other side gets.' })
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  tenantId!: string;

  @Property({ type: 'integer', version: true })
  version!: number;

  @Field(() => ActionStatusEnum, { description: 'Where it stands.' })
  @Property({ type: 'text' })
  status!: ActionStatus;

  @Field({ description: 'Connector and tool, such as `fhir.createServiceRequest`.' })
  @Property({ type: 'text' })
  tool!: string;

  @Field({ description: "The tool's name for people." })
  @Property({ type: 'text' })
  title!: string;

  @Property({ type: 'text' })
  toolVersion!: string;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'What the tool is called with, in full; masked or refused like its preview.',
  })
  @Property({ type: 'jsonb' })
  input!: JsonObject;

  @Field(() => Preview, {
    nullable: true,
    description: 'What executing would do, or has done; masked or refused to who may not see the data of its tool.',
  })
  @Property({ type: 'jsonb' })
  preview!: Preview;

  @Field(() => Preview, {
    nullable: true,
    description:
      'What executing would do by now, where that is no longer what was previewed (STALE); masked like its preview. Null otherwise, and where the tool would refuse it: then the outcome says why.',
  })
  @Property({ type: 'jsonb', nullable: true })
  drift!: Preview | null;

  @Field(() => Int, { description: 'How many plans there were of it, this one included: 1 until it was planned anew.' })
  @Property({ type: 'integer' })
  revision!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'How much of the input the last edit changed, from 0 to 1; null where nobody edited it.',
  })
  @Property({ type: 'double precision', nullable: true })
  editDistance!: number | null;

  /** Ids of those who changed it, and of the people behind them: makers, too. */
  @Property({ type: 'text[]' })
  editors!: string[];

  @Property({ type: 'text[]' })
  editorPeople!: string[];

  @Field({ description: 'What approvals are bound to: SHA-256 over call and preview, in hex.' })
  @Property({ type: 'text' })
  planHash!: string;

  @Field(() => Policy, { description: 'What the policies decided.' })
  @Property({ type: 'jsonb' })
  policy!: Policy;

  @Field(() => AutonomyLevel, {
    nullable: true,
    description:
      'How far its tool went without people when it was decided on; null for an undo, and for what is older than that.',
  })
  @Property({ type: 'text', nullable: true })
  autonomy!: Level | null;

  @Field({ description: 'Whether the tool can undo it.' })
  @Property({ type: 'boolean' })
  reversible!: boolean;

  @Property({ type: 'text', nullable: true })
  idempotencyKey!: string | null;

  @Property({ type: 'text' })
  fingerprint!: string;

  @Property({ type: 'text' })
  makerKind!: string;

  @Property({ type: 'text' })
  makerId!: string;

  /** The user behind the maker; null for a part of the product. This and what follows is as it was at the proposal. */
  @Property({ type: 'text', nullable: true })
  makerPerson!: string | null;

  @Property({ type: 'text[]' })
  makerGroups!: string[];

  @Property({ type: 'text[]' })
  makerRoles!: string[];

  @Property({ type: 'jsonb' })
  makerAttributes!: Principal['attributes'];

  @Property({ type: 'text' })
  risk!: 'LOW' | 'MEDIUM' | 'HIGH';

  @Property({ type: 'text' })
  dataClass!: ToolManifest['dataClass'];

  /** How much money it is about, exact, with at most four decimals; null where its tool does not say. */
  @Property({ type: new DecimalType('string'), nullable: true })
  amount!: string | null;

  @Property({ type: 'text', nullable: true })
  currency!: string | null;

  @Field(() => Outcome, {
    nullable: true,
    description: 'What came of it, masked or refused like its preview; null before anything did.',
  })
  @Property({ type: 'jsonb', nullable: true })
  outcome!: Outcome | null;

  @Field(() => Date, {
    nullable: true,
    description:
      'When it ends by itself unless it is begun before; null for an undo. A new plan has a time of its own.',
  })
  @Property({ type: 'datetime', nullable: true })
  expiresAt!: Date | null;

  /** When the plan that stands was made. */
  @Property({ type: 'datetime' })
  plannedAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When the other side had done it, or taken it; null before.' })
  @Property({ type: 'datetime', nullable: true })
  doneAt!: Date | null;

  /** How long after it was done it can be undone, in seconds; null for ever. */
  @Property({ type: 'integer', nullable: true })
  undoWithinS!: number | null;

  /** How often it has failed since it was begun, or requeued. */
  @Property({ type: 'integer' })
  failures!: number;

  /** When it was begun, or requeued: its tries are bounded from then on. */
  @Property({ type: 'datetime', nullable: true })
  begunAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it is tried again by itself; null when it is not.' })
  @Property({ type: 'datetime', nullable: true })
  retryAt!: Date | null;

  @Field(() => Date, {
    nullable: true,
    description:
      'Since when its tries are used up, or its tool goes unattended no more, and a person has to look: requeueAction or abandonAction.',
  })
  @Property({ type: 'datetime', nullable: true })
  deadAt!: Date | null;

  @Field(() => Date, {
    nullable: true,
    description: 'When those who could approve it were last reminded; null when they were not.',
  })
  @Property({ type: 'datetime', nullable: true })
  remindedAt!: Date | null;

  /** What goes before what: somebody waits for the one, nobody for the other. */
  @Property({ type: 'text' })
  lane!: 'INTERACTIVE' | 'BATCH';

  /** Since when it waits for its connector; who set it off; and not to be looked at before. Null when it does not wait. */
  @Field(() => Date, {
    nullable: true,
    description:
      'Since when it waits, approved and set off, for its connector to be well again; null when it does not.',
  })
  @Property({ type: 'datetime', nullable: true })
  waitingSince!: Date | null;

  @Property({ type: 'datetime', nullable: true })
  waitingDue!: Date | null;

  @Property({ type: 'text', nullable: true })
  waiterKind!: PrincipalKind | null;

  @Property({ type: 'text', nullable: true })
  waiterId!: string | null;

  /** Nobody clicked: it goes only if its tool goes unattended by then. */
  @Property({ type: 'boolean' })
  waiterUnattended!: boolean;

  /** Nobody clicked when it was last begun: it is tried again by itself only while its tool goes unattended. */
  @Property({ type: 'boolean' })
  begunUnattended!: boolean;

  /** The action that this one undoes. */
  @Property({ type: 'uuid', nullable: true })
  undoOfId!: string | null;

  /** The action that undoes, or last tried to undo, this one. */
  @Property({ type: 'uuid', nullable: true })
  undoId!: string | null;

  /** The bundle whose step it is. */
  @Property({ type: 'uuid', nullable: true })
  bundleId!: string | null;

  /** Its name within the bundle. */
  @Property({ type: 'text', nullable: true })
  stepKey!: string | null;

  @Property({ type: 'integer', nullable: true })
  stepOrdinal!: number | null;

  /** Keys of the steps that have to be done before it. */
  @Property({ type: 'text[]' })
  stepAfter!: string[];

  /** The input as it was approved, where parts of it come from earlier steps; its plan's hash is over this one. */
  @Property({ type: 'jsonb', nullable: true })
  stepTemplate!: JsonObject | null;

  /** Where it stood when its undo began: where it goes back to when the undo is given up. */
  @Property({ type: 'text', nullable: true })
  stoodAt!: StandsAt | null;

  /** Who works on it: a process. */
  @Property({ type: 'text', nullable: true })
  leaseOwner!: string | null;

  /** Until when nobody else may work on it; without an owner, when it is due to be looked at again. */
  @Property({ type: 'datetime', nullable: true })
  leaseUntil!: Date | null;

  /** Grows with each lease: what an earlier holder brings in late is refused. */
  @Property({ type: 'integer' })
  fence!: number;

  @Field(() => Int, { description: 'How often the other side was asked to do it.' })
  @Property({ type: 'integer' })
  attempts!: number;

  /** How often in a row the other side could not say whether it was done. */
  @Property({ type: 'integer' })
  checks!: number;

  @Field(() => String, {
    nullable: true,
    description: 'The business process that it was proposed in, as the caller names it.',
  })
  @Property({ type: 'text', nullable: true })
  workflow!: string | null;

  @Field(() => String, { nullable: true, description: 'Where it was proposed, such as `console` or `api`.' })
  @Property({ type: 'text', nullable: true })
  surface!: string | null;

  @Property({ type: 'text' })
  correlationId!: string;

  /** Content digest of its last entry in the decision log, which the next one names. */
  @Property({ type: 'text', nullable: true })
  lastEntry!: string | null;

  @Field(() => Date, { description: 'When it was proposed.' })
  @Property({ type: 'datetime' })
  createdAt!: Date;

  @Field(() => Date, { description: 'When something last happened to it.' })
  @Property({ type: 'datetime' })
  updatedAt!: Date;

  @Field(() => User, { nullable: true, description: 'Who proposed it; null for a machine.' })
  get maker(): User | null {
    return this.makerKind === 'user' ? { id: this.makerId } : null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'The connector that it waits for, such as `fhir`; null when it does not wait.',
  })
  get waitingFor(): string | null {
    return this.waitingSince === null ? null : (this.tool.split('.')[0] ?? null);
  }

  @Field(() => [User], { description: 'Who changed it after it was proposed, beside its maker: makers, too.' })
  get changedBy(): User[] {
    return this.editorPeople.map((id) => ({ id }));
  }

  @Field(() => Date, {
    nullable: true,
    description:
      'Until when its tool takes it back; gates may ask for less. Null for ever, or before it is done, or where it cannot be undone.',
  })
  get undoableUntil(): Date | null {
    if (!this.reversible || this.undoWithinS === null || this.doneAt === null) return null;
    return new Date(this.doneAt.getTime() + this.undoWithinS * 1_000);
  }

  // What hangs on it, where it was read with it: see `withRelations`, and `ActionRelationsResolver` for where it was not.
  evidence?: Evidence[];
  approvals?: Approval[];
  undo?: Action | null;
  undoOf?: Action | null;
}
