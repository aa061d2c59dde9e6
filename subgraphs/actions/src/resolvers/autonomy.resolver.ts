import { connection, PageArgs, parsePage, payload, type RequestContext } from '@countersign/kernel';
import { Arg, Args, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import { AutonomySetting } from '../entities/autonomy-setting.ts';
import { type RuleName, ruleNames } from '../services/autonomy/index.ts';
import type { AutonomyPromotions } from '../services/autonomy-promotions.ts';
import type { AutonomyOfTool, AutonomyReport } from '../services/autonomy-report.ts';
import type { AutonomySettings } from '../services/autonomy-settings.ts';
import { AutonomyRules, SetAutonomyRulesInput, SetAutonomyRulesPayload } from './autonomy-rule-types.ts';
import {
  DecideAutonomyPromotionInput,
  DecideAutonomyPromotionPayload,
  SetAutonomyInput,
  SetAutonomyPayload,
  type ToolAutonomy,
  ToolAutonomyConnection,
} from './autonomy-types.ts';

@Resolver()
export class AutonomyResolver {
  readonly #settings: AutonomySettings;
  readonly #promotions: AutonomyPromotions;
  readonly #report: AutonomyReport;

  constructor(parts: {
    autonomySettings: AutonomySettings;
    autonomyPromotions: AutonomyPromotions;
    autonomyReport: AutonomyReport;
  }) {
    this.#settings = parts.autonomySettings;
    this.#promotions = parts.autonomyPromotions;
    this.#report = parts.autonomyReport;
  }

  @Query(() => ToolAutonomyConnection, {
    description: 'How far each tool of the configured connectors goes without people, why, and what more would take.',
  })
  async autonomyReport(
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<ToolAutonomyConnection> {
    const page = parsePage(args);
    const rows = await this.#report.page(context, page);
    return connection(rows, page, (row, cursor) => ({ node: shown(row), cursor: cursor({ tool: row.tool }) }));
  }

  @Query(() => [AutonomySetting], { description: 'How far administrators let tools go at most, the widest first.' })
  autonomySettings(@Ctx() { principal }: RequestContext): Promise<AutonomySetting[]> {
    return this.#settings.all(principal);
  }

  @Query(() => AutonomyRules, { description: 'What promotion takes, and what steps tools down.' })
  autonomyRules(@Ctx() { principal }: RequestContext): Promise<AutonomyRules> {
    return this.#settings.rules(principal);
  }

  @Mutation(() => SetAutonomyPayload, {
    nullable: true,
    description:
      'Sets how far tools go at most. It raises none: of all that is said of a tool the lowest holds, and what its outcomes have not earned is refused.',
  })
  setAutonomy(
    @Arg('input', () => SetAutonomyInput, { description: 'Which tools, how far, and why.' }) input: SetAutonomyInput,
    @Ctx() context: RequestContext,
  ): Promise<SetAutonomyPayload> {
    const { tool = null, connector = null, risk = null, level = null, reason } = input;
    return payload(async () => ({
      setting: await this.#settings.set({ tool, connector, risk }, level, reason, context),
    }));
  }

  @Mutation(() => SetAutonomyRulesPayload, {
    nullable: true,
    description: 'Sets what promotion takes and what steps tools down, within bounds.',
  })
  setAutonomyRules(
    @Arg('input', () => SetAutonomyRulesInput, { description: 'Which rules, and why.' }) input: SetAutonomyRulesInput,
    @Ctx() context: RequestContext,
  ): Promise<SetAutonomyRulesPayload> {
    const named = ruleNames.flatMap((name): [RuleName, number][] => {
      const value = input[name];
      return value === null || value === undefined ? [] : [[name, value]];
    });
    return payload(async () => ({
      rules: await this.#settings.setRules(Object.fromEntries(named), input.reason, context),
    }));
  }

  @Mutation(() => DecideAutonomyPromotionPayload, {
    nullable: true,
    description: 'Promotes a tool that has earned it, or declines to. Takes a person.',
  })
  decideAutonomyPromotion(
    @Arg('input', () => DecideAutonomyPromotionInput, { description: 'The decision.' })
    input: DecideAutonomyPromotionInput,
    @Ctx() context: RequestContext,
  ): Promise<DecideAutonomyPromotionPayload> {
    return payload(async () => ({ proposal: await this.#promotions.decide(input, context) }));
  }
}

function shown({ evidence, limitedBy, because, ...row }: AutonomyOfTool): ToolAutonomy {
  const limits = { limitedBy: [...limitedBy], because: [...because] };
  if (!evidence) return { ...row, ...limits, evidence: null };
  const { prospect, reversalRate, reversalUpper, whatItTakes, ...counts } = evidence;
  return {
    ...row,
    ...limits,
    evidence: {
      ...counts,
      reversalRate,
      reversalUpperBound: reversalUpper,
      reversalBound: prospect?.bar.reversalRate ?? null,
      next: prospect?.next ?? null,
      successesNeeded: prospect?.needed ?? null,
      whatItTakes: [...whatItTakes],
    },
  };
}
