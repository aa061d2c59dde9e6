import {
  type Access,
  type Database,
  decisionContext,
  type EntityManager,
  type RequestContext,
  type UserError,
  UserProblem,
} from '@countersign/kernel';
import { type Period, readObjects } from '../../statements/recorded-decisions.ts';
import { type Asker, mayRead } from '../asked-object.ts';
import { type AskedChange, proposedChange } from './asked-change.ts';
import { type Flip, FlipCounter, type Flips } from './flips.ts';
import { type BothRules, bothRules, closeBoth } from './proposed-change.ts';
import { insistPeriod, type Simulation, simulate } from './simulation.ts';

export interface AnsweredSimulation extends Simulation {
  /** What has to be mended before anything can be tried; then nothing was. */
  readonly problems: readonly UserError[];
}

/** Tries a change on what was decided before it is made. Leaves nothing behind. */
export class Simulations {
  readonly #database: Database;
  readonly #access: Access;
  readonly #now: () => Date;

  constructor(parts: { database: Database; access: Access; now: () => Date }) {
    this.#database = parts.database;
    this.#access = parts.access;
    this.#now = parts.now;
  }

  /** Until now, unless told. Which objects it was about is told of those alone that the caller may read. */
  async simulate(
    asked: AskedChange,
    { since, until }: { since: Date; until: Date | null },
    caller: RequestContext,
  ): Promise<AnsweredSimulation> {
    const { tenantId } = caller.principal;
    const period = { since, until: until ?? this.#now() };
    const read = <T>(work: (em: EntityManager) => Promise<T>) => this.#database.read({ tenantId }, work);
    const { change, problems } = await read((em) => checked(em, asked, period));
    if (problems.length > 0) return nothingTried(problems);
    const rules = await read((em) => bothRules(em, change));
    try {
      const simulation = await simulate(read, { tenantId, period, change, rules });
      return { problems, ...(await read((em) => this.#shown(em, simulation, rules, caller))) };
    } finally {
      closeBoth(rules);
    }
  }

  async #shown(
    em: EntityManager,
    simulation: Simulation,
    rules: BothRules,
    caller: RequestContext,
  ): Promise<Simulation> {
    const principal = await this.#access.currentIn(em, caller.principal);
    const asker = { principal, context: decisionContext(rules.before.access, caller, this.#now()) };
    return {
      ...simulation,
      newlyDenied: await withoutUnknown(em, rules, asker, simulation.newlyDenied),
      newlyAllowed: await withoutUnknown(em, rules, asker, simulation.newlyAllowed),
    };
  }
}

async function checked(em: EntityManager, asked: AskedChange, period: Period) {
  const proposed = await proposedChange(em, asked);
  const problems = await insistPeriod(em, period).then(
    () => [],
    (error: unknown) => {
      if (error instanceof UserProblem) return error.errors;
      throw error;
    },
  );
  return { change: proposed.change, problems: [...proposed.problems, ...problems] };
}

async function withoutUnknown(
  em: EntityManager,
  { before: rules }: BothRules,
  asker: Asker,
  flips: Flips,
): Promise<Flips> {
  const known = new Set<string>();
  const named = flips.examples.filter((flip) =>
    rules.declared.objectTypes.some(({ type }) => type === flip.objectType),
  );
  for (const [type, group] of Map.groupBy(named, ({ objectType }) => objectType ?? '')) {
    const ids = group.map(({ objectId }) => objectId ?? '');
    for (const [id, attributes] of await readObjects(em, type, ids)) {
      if (mayRead(rules, asker, { type, id, attributes })) known.add(`${type} ${id}`);
    }
  }
  const shown = (flip: Flip): Flip =>
    flip.objectType === 'Tenant' || known.has(`${flip.objectType} ${flip.objectId}`)
      ? flip
      : { ...flip, objectId: null };
  return { ...flips, examples: flips.examples.map(shown) };
}

function nothingTried(problems: readonly UserError[]): AnsweredSimulation {
  const none = new FlipCounter().flips;
  return {
    problems,
    newlyDenied: none,
    newlyAllowed: none,
    tried: { records: 0, times: 0 },
    drifted: 0,
    untried: [],
  };
}
