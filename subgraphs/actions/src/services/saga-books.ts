import { type Database, type EntityManager, type EventOrigin, problem } from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import type { Bundle } from '../entities/bundle.ts';
import { recordBundle } from './bundle-log.ts';
import { endStep } from './bundle-steps.ts';
import { type Given, nextStep, nextUndo } from './bundles/index.ts';
import type { JsonValue } from './decision-log/index.ts';
import type { Drift } from './drift.ts';
import { expire } from './expire.ts';
import type { Leases } from './leases.ts';
import { transition } from './lifecycle/index.ts';
import { lockAction } from './load-actions.ts';
import { keyOf, lockBundle, moveBundle, stepsOf } from './load-bundles.ts';
import type { LogWriter } from './log-writer.ts';
import type { RetryBudget } from './retries.ts';

const shortestPauseMs = 500;
const longestPauseMs = 60_000;

export interface BooksParts {
  readonly database: Database;
  readonly log: LogWriter;
  readonly leases: Leases;
  readonly drift: Drift;
  readonly budget: RetryBudget;
}

/** One thing to do outside of any transaction. */
export type Task =
  | { readonly do: 'execute'; readonly step: Action; readonly given: ReadonlyMap<string, Given> }
  | { readonly do: 'undo'; readonly step: Action; readonly because: string };

export interface SagaLease {
  readonly bundleId: string;
  readonly fence: number;
}

/** What is decided about a bundle under way, each time in one transaction, under its lock and its lease. */
export class SagaBooks {
  readonly #parts: BooksParts;

  constructor(parts: BooksParts) {
    this.#parts = parts;
  }

  /** The fence to work under; null where there is nothing to do, or somebody does it. */
  take(bundleId: string, { principal }: EventOrigin): Promise<number | null> {
    const { database, leases, log } = this.#parts;
    return database.withTenant(principal, async (em) => {
      const bundle = await lockBundle(em, bundleId);
      if (!isUnderWay(bundle) || leases.isHeld(bundle, log.now())) return null;
      return leases.take(bundle, log.now());
    });
  }

  /** What is to be done next; null where it is over, waits, is handed over, or is somebody else's by now. */
  async next(lease: SagaLease, origin: EventOrigin, handOver: boolean): Promise<Task | null> {
    for (;;) {
      const task = await this.#under(lease, origin, (em, bundle) => this.#decide(em, bundle, origin, handOver));
      if (task !== 'again') return task ?? null;
    }
  }

  /**
   * It could not be done just now. Answers whether to go on: what the other side has not answered for too long, or refuses,
   * is given up; anything else is waited for, until the step's time runs out.
   */
  async hold(lease: SagaLease, task: Task, code: string, origin: EventOrigin): Promise<boolean> {
    const goOn = await this.#under(lease, origin, async (em, bundle) => {
      const key = keyOf(task.step);
      const tries = this.#wait(bundle, key, code);
      if (!this.#isGivenUp(bundle, task, code, tries)) return false;
      const { leases, log } = this.#parts;
      bundle.waiting = null;
      bundle.leaseOwner = leases.owner;
      leases.renew(bundle, log.now());
      if (task.do === 'undo') await this.#leave(em, bundle, { key, code }, origin);
      else await this.#giveUp(em, task.step, origin);
      return true;
    });
    return goOn ?? false;
  }

  async #decide(
    em: EntityManager,
    bundle: Bundle,
    origin: EventOrigin,
    handOver: boolean,
  ): Promise<Task | 'again' | null> {
    const { leases, log } = this.#parts;
    if (!isUnderWay(bundle)) {
      leases.end(bundle);
      return null;
    }
    const steps = await stepsOf(em, bundle.id);
    const standing = steps.map((step) => {
      const { status, retryAt, reversible } = step;
      return { key: keyOf(step), status, retryAt, reversible };
    });
    const next =
      bundle.status === 'EXECUTING'
        ? nextStep(standing, { cancelled: bundle.cancelledBecause !== null })
        : nextUndo(standing, new Set(bundle.leftOver));
    const step = 'key' in next ? steps.find((each) => keyOf(each) === next.key) : undefined;
    if (next.do === 'finish') {
      await this.#finish(em, bundle, next.left ?? null, origin);
      return null;
    }
    if (!step) throw new Error(`The bundle ${bundle.id} has no step ${next.key}.`);
    if (next.do === 'wait') {
      this.#wait(bundle, next.key, next.code);
      return null;
    }
    if (next.do === 'execute' && step.expiresAt !== null && step.expiresAt <= log.now()) {
      await expire(em, log, origin, await lockAction(em, step.id));
      return 'again';
    }
    if (next.do === 'fail') {
      // It is being tried again at this moment: it is left to that.
      if (leases.isHeld(await lockAction(em, step.id), log.now())) {
        this.#wait(bundle, next.key, 'IN_PROGRESS');
        return null;
      }
      await this.#fail(em, bundle, steps, step, origin);
      return bundle.status === 'COMPENSATING' ? 'again' : null;
    }
    if (handOver) {
      // Due at once, behind those that have waited longer.
      Object.assign(bundle, { leaseOwner: null, leaseUntil: log.now() });
      return null;
    }
    leases.renew(bundle, log.now());
    if (bundle.waiting?.step !== next.key) bundle.waiting = null;
    if (next.do === 'undo') return { do: 'undo', step, because: becauseOf(bundle) };
    return { do: 'execute', step, given: givenBy(steps) };
  }

  async #finish(em: EntityManager, bundle: Bundle, left: readonly string[] | null, origin: EventOrigin) {
    const { log, leases } = this.#parts;
    moveBundle(bundle, left === null ? 'SUCCEED' : left.length === 0 ? 'COMPLETE' : 'LEAVE_OVER', log.now());
    bundle.leftOver = [...(left ?? [])];
    bundle.waiting = null;
    leases.end(bundle);
    await recordBundle(em, log, origin, bundle, { state: 'ENDED', facts: { leftOver: bundle.leftOver } });
  }

  /** The step failed for good, or the bundle was cancelled before it: what comes after is not done. */
  async #fail(em: EntityManager, bundle: Bundle, steps: readonly Action[], failed: Action, origin: EventOrigin) {
    const { log, leases } = this.#parts;
    const cancelled = bundle.cancelledBecause !== null && failed.status === 'APPROVED';
    bundle.failedStep = cancelled ? null : keyOf(failed);
    bundle.failureCode = cancelled ? 'CANCELLED' : (failed.outcome?.errorCode ?? failed.status);
    for (const { id, status } of steps) {
      if (status === 'APPROVED') await endStep(em, log, origin, { id, bundle, state: 'BUNDLE_STOPPED' });
    }
    await this.#stopTrying(em, failed);
    moveBundle(bundle, bundle.onFailure === 'STOP' ? 'STOP' : 'COMPENSATE', log.now());
    bundle.waiting = null;
    if (bundle.status === 'STOPPED') leases.end(bundle);
    const { failedStep, failureCode } = bundle;
    await recordBundle(em, log, origin, bundle, { state: 'FAILED', facts: { failedStep, failureCode } });
  }

  /** What was to be tried again is not, once its bundle goes no further. */
  async #stopTrying(em: EntityManager, { id, status, retryAt }: Action): Promise<void> {
    if (status !== 'FAILED' || retryAt === null) return;
    (await lockAction(em, id)).retryAt = null;
  }

  async #leave(em: EntityManager, bundle: Bundle, left: { key: string; code: string }, origin: EventOrigin) {
    bundle.leftOver = [...bundle.leftOver, left.key];
    const facts = { step: left.key, code: left.code };
    await recordBundle(em, this.#parts.log, origin, bundle, { state: 'STEP_LEFT_OVER', facts });
  }

  /** The other side did not say for too long what it would do: nothing was done, and nothing is done any more. */
  async #giveUp(em: EntityManager, { id }: Action, origin: EventOrigin): Promise<void> {
    const step = await lockAction(em, id);
    if (!transition(step.status, { type: 'PLAN_CHANGED' }).ok) return;
    const refusal = problem(unavailable, 'The other side has not answered for too long.');
    await this.#parts.drift.markStale(em, step, { preview: null, refusal }, origin);
  }

  /** Lets go till later; answers how often it has been looked at for this reason. */
  #wait(bundle: Bundle, step: string, code: string): number {
    const now = this.#parts.log.now();
    const same = bundle.waiting?.step === step && bundle.waiting.code === code ? bundle.waiting : null;
    const tries = (same?.tries ?? 0) + 1;
    bundle.waiting = { step, code, since: same?.since ?? now.toISOString(), tries };
    bundle.leaseOwner = null;
    const pause = Math.min(longestPauseMs, shortestPauseMs * 2 ** Math.min(tries - 1, 10));
    bundle.leaseUntil = new Date(now.getTime() + pause);
    return tries;
  }

  #isGivenUp(bundle: Bundle, task: Task, code: string, tries: number): boolean {
    if (code === leftAloneCode) return this.#parts.log.now() >= bundle.expiresAt;
    if (code === unavailable) return this.#isUsedUp(bundle, tries);
    return task.do === 'undo' && !passes.has(code);
  }

  #isUsedUp({ waiting }: Bundle, tries: number): boolean {
    const { budget, log } = this.#parts;
    const since = waiting ? new Date(waiting.since).getTime() : log.now().getTime();
    return tries >= budget.failures || log.now().getTime() - since > budget.withinMs;
  }

  #under<T>(
    { bundleId, fence }: SagaLease,
    { principal }: EventOrigin,
    work: (em: EntityManager, bundle: Bundle) => Promise<T>,
  ): Promise<T | null> {
    const { database, leases } = this.#parts;
    return database.withTenant(principal, async (em) => {
      const bundle = await lockBundle(em, bundleId);
      const holds = bundle.fence === fence && bundle.leaseOwner === leases.owner;
      return holds ? work(em, bundle) : null;
    });
  }
}

const unavailable = 'OTHER_SIDE_UNAVAILABLE';
/** Its tool is left alone: no call was made, so no try is used up, and it is waited for as long as the bundle would be. */
export const leftAloneCode = 'LEFT_ALONE';

/** What an undo waits for; anything else that it is refused with is final. */
const passes = new Set(['SUSPENDED', 'CONNECTOR_NOT_CONFIGURED', 'TOOL_NOT_FOUND', 'NOT_BEGUN', 'ILLEGAL_TRANSITION']);

const isUnderWay = ({ status }: Bundle): boolean => status === 'EXECUTING' || status === 'COMPENSATING';

/** Why the product takes back what was done: the tool is told, and the log keeps it. */
const becauseOf = ({ undoneBecause, cancelledBecause, failedStep, failureCode }: Bundle): string =>
  undoneBecause ??
  (cancelledBecause === null ? `Step "${failedStep}" of its bundle failed: ${failureCode}.` : cancelledBecause);

const givenBy = (steps: readonly Action[]): ReadonlyMap<string, Given> =>
  new Map(
    steps
      .filter(({ status }) => status === 'SUCCEEDED')
      // What a tool answered was held against its schema, and is JSON.
      .map((step) => [
        keyOf(step),
        { externalId: step.outcome?.externalId ?? null, output: (step.outcome?.output ?? null) as JsonValue },
      ]),
  );
