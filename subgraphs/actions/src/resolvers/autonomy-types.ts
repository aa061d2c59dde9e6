import { PageInfo, UserError } from '@countersign/kernel';
import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { AutonomyLevel } from '../entities/autonomy-level.ts';
import { AutonomyProposal } from '../entities/autonomy-proposal.ts';
import { AutonomySetting } from '../entities/autonomy-setting.ts';
import { STEP_DOWN_CAUSES } from '../services/autonomy/index.ts';

export enum AutonomyRisk {
  LOW = 'LOW',
  MEDIUM = 'MEDIUM',
  HIGH = 'HIGH',
}

registerEnumType(AutonomyRisk, {
  name: 'AutonomyRisk',
  description: 'How much harm a tool could do.',
  valuesConfig: {
    LOW: { description: 'Little.' },
    MEDIUM: { description: 'Some.' },
    HIGH: { description: 'Much.' },
  },
});

export enum AutonomyBound {
  TENANT = 'TENANT',
  RISK = 'RISK',
  CONNECTOR = 'CONNECTOR',
  TOOL = 'TOOL',
  TOOL_ITSELF = 'TOOL_ITSELF',
  EARNED = 'EARNED',
}

registerEnumType(AutonomyBound, {
  name: 'AutonomyBound',
  description: 'What keeps a tool from going further.',
  valuesConfig: {
    TENANT: { description: 'What is set for all tools.' },
    RISK: { description: 'What is set for its risk.' },
    CONNECTOR: { description: 'What is set for its connector.' },
    TOOL: { description: 'What is set for the tool.' },
    TOOL_ITSELF: { description: 'Its risk, or that it cannot be undone.' },
    EARNED: { description: 'What its outcomes have earned.' },
  },
});

export enum AutonomyLoweredCause {
  REVERSAL_SPIKE = 'REVERSAL_SPIKE',
  REFUSAL_SPIKE = 'REFUSAL_SPIKE',
  BUDGET_EXCEEDED = 'BUDGET_EXCEEDED',
}

registerEnumType(AutonomyLoweredCause, {
  name: 'AutonomyLoweredCause',
  description: 'Why a tool was stepped down.',
  valuesConfig: {
    REVERSAL_SPIKE: { description: STEP_DOWN_CAUSES.REVERSAL_SPIKE },
    REFUSAL_SPIKE: { description: STEP_DOWN_CAUSES.REFUSAL_SPIKE },
    BUDGET_EXCEEDED: { description: STEP_DOWN_CAUSES.BUDGET_EXCEEDED },
  },
});

@ObjectType({ description: 'One thing that keeps a tool from going further.' })
export class AutonomyLimit {
  @Field(() => AutonomyBound, { description: 'What it is.' })
  by!: keyof typeof AutonomyBound;

  @Field({ description: 'The tool, the connector or the risk; `*` for all tools.' })
  name!: string;

  @Field(() => AutonomyLevel, { description: 'How far it lets the tool go.' })
  level!: keyof typeof AutonomyLevel;
}

@ObjectType({ description: 'A step down: it is taken at once, by what came of a tool.' })
export class AutonomyStepDown {
  @Field(() => Date, { description: 'When.' })
  at!: Date;

  @Field(() => AutonomyLevel, { description: 'What it had earned before.' })
  from!: keyof typeof AutonomyLevel;

  @Field(() => AutonomyLevel, { description: 'What was left of it.' })
  to!: keyof typeof AutonomyLevel;

  @Field(() => AutonomyLoweredCause, { description: 'Why.' })
  cause!: keyof typeof AutonomyLoweredCause;

  @Field({ description: 'The same in one English sentence.' })
  reason!: string;
}

@ObjectType({ description: 'What came of a tool since it counts: the latest thousand outcomes at most.' })
export class AutonomyEvidence {
  @Field(() => Date, { description: 'Since when outcomes count.' })
  since!: Date;

  @Field(() => Int, { description: 'Done and left as it is, without anybody having changed what was proposed.' })
  clean!: number;

  @Field(() => Int, { description: 'Done and left as it is, after somebody had changed what was proposed.' })
  corrected!: number;

  @Field(() => Int, { description: 'Taken back, or being taken back.' })
  reversed!: number;

  @Field(() => Int, { description: 'Refused by somebody other than its maker.' })
  rejected!: number;

  @Field(() => Int, { description: 'Failed: nothing took effect.' })
  failed!: number;

  @Field(() => Int, { description: 'Proposals that were refused for their input, today and yesterday (UTC).' })
  refused!: number;

  @Field(() => Int, { description: 'Those of them that people made themselves.' })
  refusedOfPeople!: number;

  @Field(() => Float, { nullable: true, description: 'Share of what was done that was taken back; null for nothing.' })
  reversalRate?: number | null;

  @Field(() => Float, { description: 'What the rate may be, with 95 % confidence: the upper limit by Wilson.' })
  reversalUpperBound!: number;

  @Field(() => Float, { nullable: true, description: 'What that may be at most for the next level; null without one.' })
  reversalBound?: number | null;

  @Field(() => AutonomyLevel, { nullable: true, description: 'The next level; null where it goes no further.' })
  next?: keyof typeof AutonomyLevel | null;

  @Field(() => Int, {
    nullable: true,
    description: 'How many more successes the next level takes; null without one, and where no number would do.',
  })
  successesNeeded?: number | null;

  @Field(() => [String], { description: 'What the next level takes, in English.' })
  whatItTakes!: string[];
}

@ObjectType({ description: 'How far one tool goes without people, and why.' })
export class ToolAutonomy {
  @Field({ description: 'Connector and tool, such as `fhir.createServiceRequest`.' })
  tool!: string;

  @Field({ description: "The tool's name for people." })
  title!: string;

  @Field(() => AutonomyLevel, { description: 'The level in force: the lowest of all that is said of it.' })
  level!: keyof typeof AutonomyLevel;

  @Field(() => AutonomyLevel, { description: 'What its outcomes have earned.' })
  earned!: keyof typeof AutonomyLevel;

  @Field(() => [AutonomyLimit], { description: 'All that keep it at its level; empty when it goes unattended.' })
  limitedBy!: AutonomyLimit[];

  @Field(() => [String], { description: 'The same in English.' })
  because!: string[];

  @Field({ description: 'Whether a person has to execute, whatever machines may.' })
  takesPerson!: boolean;

  @Field(() => AutonomyEvidence, {
    nullable: true,
    description: 'What came of it; null for who may not see all actions.',
  })
  evidence?: AutonomyEvidence | null;

  @Field(() => AutonomyProposal, { nullable: true, description: 'Its promotion, where that waits for a decision.' })
  proposal?: AutonomyProposal | null;

  @Field(() => AutonomyStepDown, { nullable: true, description: 'When it was last stepped down; null if never.' })
  lastStepDown?: AutonomyStepDown | null;
}

@ObjectType({ description: 'A tool in a list.' })
export class ToolAutonomyEdge {
  @Field({ description: 'Where it stands in the list.' })
  cursor!: string;

  @Field(() => ToolAutonomy, { description: 'The tool.' })
  node!: ToolAutonomy;
}

@ObjectType({ description: 'Tools, by name.' })
export class ToolAutonomyConnection {
  @Field(() => [ToolAutonomyEdge], { description: 'The page.' })
  edges!: ToolAutonomyEdge[];

  @Field(() => PageInfo, { description: 'Where it stands in the whole list.' })
  pageInfo!: PageInfo;
}

@InputType({ description: 'How far tools go at most: one tool, those of a connector or of a risk, or all of them.' })
export class SetAutonomyInput {
  @Field(() => String, { nullable: true, description: 'This tool alone, such as `fhir.createServiceRequest`.' })
  tool?: string | null;

  @Field(() => String, { nullable: true, description: 'All tools of this connector, such as `fhir`.' })
  connector?: string | null;

  @Field(() => AutonomyRisk, { nullable: true, description: 'All tools of this risk.' })
  risk?: keyof typeof AutonomyRisk | null;

  @Field(() => AutonomyLevel, { nullable: true, description: 'How far at most; null takes back what was set.' })
  level?: keyof typeof AutonomyLevel | null;

  @Field({ description: 'Why; kept in the log. 1 to 2000 characters.' })
  reason!: string;
}

@ObjectType({ description: 'What came of setting a level.' })
export class SetAutonomyPayload {
  @Field(() => AutonomySetting, {
    nullable: true,
    description: 'What is set now; null when it was taken back or refused.',
  })
  setting?: AutonomySetting | null;

  @Field(() => [UserError], { description: 'What the caller can mend; empty when it was done.' })
  userErrors!: UserError[];
}

@InputType({ description: 'The decision on a promotion.' })
export class DecideAutonomyPromotionInput {
  @Field(() => ID, { description: 'Which proposal.' })
  proposalId!: string;

  @Field({ description: 'Whether the tool is promoted; declined, it has to earn it anew.' })
  accept!: boolean;

  @Field({ description: 'Why; kept in the log. 1 to 2000 characters.' })
  reason!: string;
}

@ObjectType({ description: 'What came of deciding on a promotion.' })
export class DecideAutonomyPromotionPayload {
  @Field(() => AutonomyProposal, { nullable: true, description: 'The proposal as it was decided; null when refused.' })
  proposal?: AutonomyProposal | null;

  @Field(() => [UserError], { description: 'What the caller can mend; empty when it was done.' })
  userErrors!: UserError[];
}
