import { type EntityManager, newId, type Principal, personOf, type UserProblem } from '@countersign/kernel';
import type { CheckedStep } from './bundle-drafts.ts';
import { type Asked, askedOf, noRoom } from './gate-keeper.ts';
import { closedBy, escalated, explainClosed, explainDemand, fit, type LimitUse, withHeld } from './gates/index.ts';
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
  readonly uses: readonly LimitUse[];
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
      standing.set(tool.name, { asked, uses: await limitUses(em, asked.limits, asked.all, { action, now }) });
    }
    return new GateTrial(standing, now);
  }

  /** What they answer to one bundle, or `LIMIT_EXCEEDED` at the step for which there is no room: then it holds none. */
  ask(steps: readonly Asking[]): TrialAnswer | UserProblem {
    let standing = this.#standing;
    for (const { tool, money, index } of steps) {
      const found = fit(standing.get(tool.name)?.uses ?? [], money, this.#now);
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
}

/** As it is once one action more holds its room under every limit that is about its tool. */
function holding(
  standing: ReadonlyMap<string, Standing>,
  { tool, money }: Pick<Asking, 'tool' | 'money'>,
): ReadonlyMap<string, Standing> {
  const about = new Set(standing.get(tool.name)?.asked.all.map(({ id }) => id));
  const after = [...standing].map(([name, each]): [string, Standing] => {
    const uses = each.uses.map((use) => {
      const { limit } = use;
      if (limit.kind === 'AMOUNT' || !about.has(limit.gate.id)) return use;
      return limit.per === 'TOOL' && name !== tool.name ? use : withHeld(use, money);
    });
    return [name, { ...each, uses }];
  });
  return new Map(after);
}
