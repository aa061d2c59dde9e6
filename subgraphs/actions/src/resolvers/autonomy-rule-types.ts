import { UserError } from '@countersign/kernel';
import { Field, Float, InputType, Int, ObjectType } from 'type-graphql';
import { type RuleName, ruleBounds } from '../services/autonomy/index.ts';

const within = (what: string, rule: RuleName): string =>
  `${what}. From ${ruleBounds[rule].least} to ${ruleBounds[rule].most}; ${ruleBounds[rule].usual} unless set.`;

const meanings = {
  windowDays: within('For how many days an outcome counts', 'windowDays'),
  successesToClick: within('Successes from SUGGEST to ONE_CLICK', 'successesToClick'),
  successesUnattended: within('Successes from ONE_CLICK to UNATTENDED', 'successesUnattended'),
  reversalRateToClick: within(
    'What the reversal rate may be at most, with 95 % confidence, for ONE_CLICK',
    'reversalRateToClick',
  ),
  reversalRateUnattended: within('The same for UNATTENDED', 'reversalRateUnattended'),
  correctionRateUnattended: within(
    'What people may have corrected or rejected at most, with 95 % confidence, for UNATTENDED',
    'correctionRateUnattended',
  ),
  spikeReversals: within('So many of the latest 20 actions taken back step a tool down', 'spikeReversals'),
  spikeRefusals: within(
    'So many proposals refused for their input in two days, if half of all, step a tool down',
    'spikeRefusals',
  ),
} as const satisfies Record<RuleName, string>;

@ObjectType({ description: 'What promotion takes, and what steps tools down.' })
export class AutonomyRules {
  @Field(() => Int, { description: meanings.windowDays })
  windowDays!: number;

  @Field(() => Int, { description: meanings.successesToClick })
  successesToClick!: number;

  @Field(() => Int, { description: meanings.successesUnattended })
  successesUnattended!: number;

  @Field(() => Float, { description: meanings.reversalRateToClick })
  reversalRateToClick!: number;

  @Field(() => Float, { description: meanings.reversalRateUnattended })
  reversalRateUnattended!: number;

  @Field(() => Float, { description: meanings.correctionRateUnattended })
  correctionRateUnattended!: number;

  @Field(() => Int, { description: meanings.spikeReversals })
  spikeReversals!: number;

  @Field(() => Int, { description: meanings.spikeRefusals })
  spikeRefusals!: number;
}

@InputType({ description: 'Rules to set; those that are not named stay as they are.' })
export class SetAutonomyRulesInput {
  @Field(() => Int, { nullable: true, description: meanings.windowDays })
  windowDays?: number | null;

  @Field(() => Int, { nullable: true, description: meanings.successesToClick })
  successesToClick?: number | null;

  @Field(() => Int, { nullable: true, description: meanings.successesUnattended })
  successesUnattended?: number | null;

  @Field(() => Float, { nullable: true, description: meanings.reversalRateToClick })
  reversalRateToClick?: number | null;

  @Field(() => Float, { nullable: true, description: meanings.reversalRateUnattended })
  reversalRateUnattended?: number | null;

  @Field(() => Float, { nullable: true, description: meanings.correctionRateUnattended })
  correctionRateUnattended?: number | null;

  @Field(() => Int, { nullable: true, description: meanings.spikeReversals })
  spikeReversals?: number | null;

  @Field(() => Int, { nullable: true, description: meanings.spikeRefusals })
  spikeRefusals?: number | null;

  @Field({ description: 'Why; kept in the log. 1 to 2000 characters.' })
  reason!: string;
}

@ObjectType({ description: 'What came of setting rules.' })
export class SetAutonomyRulesPayload {
  @Field(() => AutonomyRules, { nullable: true, description: 'All rules as they are now; null when refused.' })
  rules?: AutonomyRules | null;

  @Field(() => [UserError], { description: 'What the caller can mend; empty when it was done.' })
  userErrors!: UserError[];
}
