import { OptionalProps } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Directive, Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { ALL_BUNDLE_STATUSES, BUNDLE_STATUSES, type BundleStatus, totalsOf } from '../services/bundles/index.ts';
import { Action } from './action.ts';
import { BundleTotals } from './bundle-totals.ts';
import { User } from './references.ts';

export enum BundleFailure {
  STOP = 'STOP',
  COMPENSATE = 'COMPENSATE',
}

registerEnumType(BundleFailure, {
  name: 'BundleFailure',
  description: 'What happens when a step of a bundle fails for good.',
  valuesConfig: {
    STOP: { description: 'What was done stands, and the rest is not done.' },
    COMPENSATE: { description: 'What was done is taken back, the last step first.' },
  },
});

/** The states as the graph shows them. */
export const BundleStatusEnum = Object.fromEntries(ALL_BUNDLE_STATUSES.map((status) => [status, status])) as Record<
  BundleStatus, // Object.fromEntries forgets the keys' type.
  BundleStatus
>;

registerEnumType(BundleStatusEnum, {
  name: 'BundleStatus',
  description: 'Where a bundle stands.',
  valuesConfig: Object.fromEntries(
    ALL_BUNDLE_STATUSES.map((status) => [status, { description: BUNDLE_STATUSES[status] }]),
  ),
});

@ObjectType({ description: 'One step of a bundle: an action, and its place among the others.' })
export class BundleStep {
  @Field({ description: 'Its name within the bundle.' })
  key!: string;

  @Field(() => Int, { description: 'Its place in the order of execution, from 0.' })
  ordinal!: number;

  @Field(() => [String], { description: 'Keys of the steps that have to be done before it.' })
  dependsOn!: string[];

  @Field({ description: 'Whether parts of its input come from earlier steps: it is previewed when its turn comes.' })
  takesFromOthers!: boolean;

  @Field(() => Action, { description: 'The action. What is done to it is done to the bundle as a whole.' })
  action!: Action;
}

@ObjectType({ description: 'What a bundle waits for by itself.' })
export class BundleWait {
  @Field({ description: 'Key of the step.' })
  step!: string;

  @Field({
    description:
      'Why: `OUTCOME_UNKNOWN`, `SUBMITTED`, `RETRY`, `IN_PROGRESS`, `UNDO_IN_PROGRESS`, or the code of what keeps it from being begun, such as `SUSPENDED`.',
  })
  code!: string;

  @Field(() => Date, { description: 'Since when.' })
  since!: Date;
}

/** As it is stored. */
export interface Waiting {
  readonly step: string;
  readonly code: string;
  readonly since: string;
  /** How often it was looked at since. */
  readonly tries: number;
}

/** Actions that are previewed, approved, executed and taken back as one. */
@Directive('@key(fields: "id")')
@ObjectType({ description: 'Actions that are previewed, approved, executed and taken back as one.' })
@Entity({ schema: 'actions', tableName: 'bundle' })
export class Bundle {
  [OptionalProps]?: 'version' | 'steps' | 'maker' | 'waitingFor' | 'totals' | 'irreversibleSteps';

  @Field(() => ID, { description: 'Stable id.' })
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  tenantId!: string;

  @Property({ type: 'integer', version: true })
  version!: number;

  @Field({ description: 'What it is for, in the words of who proposed it.' })
  @Property({ type: 'text' })
  title!: string;

  @Field(() => BundleStatusEnum, { description: 'Where it stands.' })
  @Property({ type: 'text' })
  status!: BundleStatus;

  @Field(() => BundleFailure, { description: 'What happens when a step fails for good.' })
  @Property({ type: 'text' })
  onFailure!: `${BundleFailure}`;

  @Field({
    description: "What approvals are bound to: SHA-256 over the steps' plans, their order and `onFailure`, in hex.",
  })
  @Property({ type: 'text' })
  planHash!: string;

  @Property({ type: 'text', nullable: true })
  idempotencyKey!: string | null;

  @Property({ type: 'text' })
  fingerprint!: string;

  @Property({ type: 'text' })
  makerKind!: string;

  @Property({ type: 'text' })
  makerId!: string;

  @Field(() => String, { nullable: true, description: 'Key of the step that ended it; null while none did.' })
  @Property({ type: 'text', nullable: true })
  failedStep!: string | null;

  @Field(() => String, { nullable: true, description: 'Stable code of why that step ended it.' })
  @Property({ type: 'text', nullable: true })
  failureCode!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Why somebody cancelled it while it ran; null where nobody did.',
  })
  @Property({ type: 'text', nullable: true })
  cancelledBecause!: string | null;

  @Field(() => String, { nullable: true, description: 'Why somebody undid it; null where nobody did.' })
  @Property({ type: 'text', nullable: true })
  undoneBecause!: string | null;

  @Field(() => [String], { description: 'Keys of the steps that stand though they were to be taken back.' })
  @Property({ type: 'text[]' })
  leftOver!: string[];

  @Property({ type: 'jsonb', nullable: true })
  waiting!: Waiting | null;

  @Property({ type: 'text', nullable: true })
  leaseOwner!: string | null;

  @Property({ type: 'datetime', nullable: true })
  leaseUntil!: Date | null;

  @Property({ type: 'integer' })
  fence!: number;

  @Property({ type: 'integer' })
  checks!: number;

  @Field(() => String, { nullable: true, description: 'The business process that it was proposed in.' })
  @Property({ type: 'text', nullable: true })
  workflow!: string | null;

  @Field(() => String, { nullable: true, description: 'Where it was proposed, such as `console` or `api`.' })
  @Property({ type: 'text', nullable: true })
  surface!: string | null;

  @Property({ type: 'text' })
  correlationId!: string;

  @Field(() => Date, { description: 'When it ends by itself unless it is begun before.' })
  @Property({ type: 'datetime' })
  expiresAt!: Date;

  @Field(() => Date, { description: 'When it was proposed.' })
  @Property({ type: 'datetime' })
  createdAt!: Date;

  @Field(() => Date, { description: 'When something last happened to it as a whole.' })
  @Property({ type: 'datetime' })
  updatedAt!: Date;

  @Field(() => User, { nullable: true, description: 'Who proposed it; null for a machine.' })
  get maker(): User | null {
    return this.makerKind === 'user' ? { id: this.makerId } : null;
  }

  @Field(() => BundleWait, { nullable: true, description: 'What it waits for by itself; null when it does not.' })
  get waitingFor(): BundleWait | null {
    if (!this.waiting) return null;
    const { step, code, since } = this.waiting;
    return { step, code, since: new Date(since) };
  }

  @Field(() => BundleTotals, { description: 'What its steps come to together, as far as they are previewed.' })
  get totals(): BundleTotals {
    return totalsOf(this.steps.map(({ action }) => action));
  }

  @Field(() => [String], { description: 'Keys of the steps that cannot be taken back once they are done.' })
  get irreversibleSteps(): string[] {
    return this.steps.filter(({ action }) => !action.reversible).map(({ key }) => key);
  }

  // Filled in by `withSteps`.

  @Field(() => [BundleStep], { description: 'Its steps, in the order of their execution.' })
  steps!: BundleStep[];
}
