import { type EventOrigin, UserProblem } from '@countersign/kernel';
import type { StepInputs } from './bundle-steps.ts';
import { RefusedLeftAlone } from './calls/held-back.ts';
import type { Executions } from './executions.ts';
import { loadAction } from './load-actions.ts';
import { type BooksParts, leftAloneCode, SagaBooks, type Task } from './saga-books.ts';
import { callerCode } from './tool-calls.ts';
import type { Undos } from './undos.ts';

export interface SagaParts extends BooksParts {
  readonly executions: Executions;
  readonly undos: Undos;
  readonly inputs: StepInputs;
}

/**
 * Takes bundles through their steps, and back: one step after another, each by the same exactly-once execution as a single
 * action. Where it stands is in the rows of the bundle and its steps alone, so that any process can take it up.
 */
export class Saga {
  readonly #parts: SagaParts;
  readonly #books: SagaBooks;

  constructor(parts: SagaParts) {
    this.#parts = parts;
    this.#books = new SagaBooks(parts);
  }

  /**
   * Goes on until the bundle is over, has to wait, or `patienceMs` are over; then it is due for the loop. Does nothing where
   * somebody else works on it.
   */
  async run(bundleId: string, origin: EventOrigin, patienceMs = Number.POSITIVE_INFINITY): Promise<void> {
    const fence = await this.#books.take(bundleId, origin);
    if (fence === null) return;
    const lease = { bundleId, fence };
    const until = performance.now() + patienceMs;
    let before: Task | null = null;
    for (;;) {
      const task = await this.#books.next(lease, origin, performance.now() >= until);
      if (!task) return;
      // What was to be done and is still to be done, with nothing said against it, is not tried in a circle.
      const stuck = before?.do === task.do && before.step.id === task.step.id ? 'NOT_BEGUN' : null;
      const code = stuck ?? (await this.#carryOut(task, origin));
      before = task;
      if (code !== null && !(await this.#books.hold(lease, task, code, origin))) return;
    }
  }

  /** Answers the code of what keeps it from being done; null where something came of it. */
  async #carryOut(task: Task, origin: EventOrigin): Promise<string | null> {
    const { database, executions, undos, inputs } = this.#parts;
    const { id, bundleId } = task.step;
    const as = { bundleId: bundleId ?? '' };
    try {
      if (task.do === 'execute') {
        if (await inputs.fill(task.step, task.given, origin)) await executions.execute(id, origin, as);
        return null;
      }
      await undos.undo(id, task.because, origin, as);
      const after = await database.read(origin.principal, (em) => loadAction(em, id));
      if (after.status === 'UNDONE' || after.status === 'UNDOING') return null;
      return callerCode(after.undo?.outcome?.errorCode ?? 'NOT_DONE');
    } catch (error) {
      if (!(error instanceof UserProblem)) throw error;
      if (error instanceof RefusedLeftAlone) return leftAloneCode;
      const code = error.errors[0]?.code ?? 'REFUSED';
      // It was undone in the meantime.
      return code === 'ALREADY_UNDONE' ? null : code;
    }
  }
}
