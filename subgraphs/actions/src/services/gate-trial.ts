import { type EntityManager, newId, type Principal, personOf, type UserProblem } from '@countersign/kernel';
import type { CheckedStep } from './bundle-drafts.ts';
import { type Asked, askedOf, noRoom } from './gate-keeper.ts';
import {
  closedBy,
  escalated,
  explainClosed,
  explainDemand,
  type Fit,
  fit,
  type LimitUse,
  summed,
  withHeld,
} from './gates/index.ts';
import { limitUses } from './limit-uses.ts';
import { type KnownTool, measured } from './tool-catalogue.ts';

/** What gates answer to a bundle that is only tried. */
export interface TrialAnswer {
  /** Who would have to approve it, one sentence each; empty where nobody need be asked. */
  readonly approvals: readonly string[];
  /** What would keep it from being executed at this moment: closed windows, freezes. */
  readonly closed: readonly string[];
}

/** What is asked of one tool, and what is used of its limits. */
interface Standing {
  readonly asked: Asked;
  /** What others use and hold. */
  readonly uses: readonly LimitUse[];
  /** What bundles that were tried before would hold, limit by limit. */
  readonly held: readonly LimitUse[];
  /** All of it added up. */
  readonly sums: readonly LimitUse[];
}

type Asking = Pick<CheckedStep, 'tool' | 'money' | 'index'>;

/**
 * Asks the gates what they would answer if one bundle after another were proposed by the same maker, each holding its
 * room before the next. Nothing is held in truth, and nobody is kept waiting.
 */
export class GateTrial {
  readonly #now: Date;
  /** By the tool's name. */
  #standing: ReadonlyMap<string, Standing>;

  private constructor(standing: ReadonlyMap<string, Standing>, now: Date) {
    this.#standing = standing;
    this.#now = now;
  }

  static async open(
    em: EntityManager,
    tools: Iterable<KnownTool>,
    { maker, now }: { maker: Principal; now: Date },
  ): Promise<GateTrial> {
    const made = { id: newId(), makerId: maker.id, makerPerson: personOf(maker) ?? null };
    const standing = new Map<string, Standing>();
    for (const tool of new Map([...tools].map((each) => [each.name, each])).values()) {
      const asked = await askedOf(em, measured(tool));
      const action = { ...made, tool: tool.name };
      const uses = await limitUses(em, asked.limits, asked.all, { action, now });
      const held = uses.map(({ limit }) => ({ limit, used: [] }));
      standing.set(tool.name, { asked, uses, held, sums: uses.map((use) => summed(use, now)) });
    }
    return new GateTrial(standing, now);
  }

  /** What they answer to one bundle, or `LIMIT_EXCEEDED` at the step for which there is no room: then it holds none. */
  ask(steps: readonly Asking[]): TrialAnswer | UserProblem {
    let standing = this.#standing;
    for (const { tool, money, index } of steps) {
      const found = this.#fit(standing.get(tool.name), money);
      if (!found.fits) return noRoom(found, ['steps', String(index), 'input']);
      standing = holding(standing, { tool, money });
    }
    this.#standing = standing;
    const all = steps.flatMap(({ tool }) => this.#standing.get(tool.name)?.asked ?? []);
    const demands = all.flatMap((asked) => escalated(asked.demands, 0));
    return {
      approvals: [...new Set(demands.flatMap(explainDemand))],
      closed: [...new Set(all.flatMap(({ schedule }) => closedBy(schedule, this.#now).map(explainClosed)))],
    };
  }

  /** The sums say whether it fits; when it would fit is looked for only where it does not. */
  #fit(standing: Standing | undefined, money: Asking['money']): Fit {
    const { uses = [], held = [], sums = [] } = standing ?? {};
    const found = fit(sums, money, this.#now);
    if (found.fits) return found;
    const all = uses.map(({ limit, used }, place) => ({ limit, used: [...used, ...(held[place]?.used ?? [])] }));
    return fit(all, money, this.#now);
  }
}

/** As it is once one action more holds its room under every limit that is about its tool. */
function holding(
  standing: ReadonlyMap<string, Standing>,
  { tool, money }: Pick<Asking, 'tool' | 'money'>,
): ReadonlyMap<string, Standing> {
  const about = new Set(standing.get(tool.name)?.asked.all.map(({ id }) => id));
  const after = [...standing].map(([name, each]): [string, Standing] => {
    const isCounted = ({ limit }: LimitUse) =>
      limit.kind !== 'AMOUNT' && about.has(limit.gate.id) && (limit.per !== 'TOOL' || name === tool.name);
    const more = (use: LimitUse) => (isCounted(use) ? withHeld(use, money) : use);
    return [name, { ...each, held: each.held.map(more), sums: each.sums.map(more) }];
  });
  return new Map(after);
}
