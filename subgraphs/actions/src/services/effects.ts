import type { UserProblem } from '@countersign/kernel';
import { type Change, type ItemResult, type JsonObject, ToolError, type Undo } from '@countersign/plugin-sdk';
import type { Outcome, Preview } from '../entities/plan.ts';
import type { Lane } from './calls/fair-queue.ts';
import { HeldBack } from './calls/held-back.ts';
import { deviationsFrom } from './deviations.ts';
import { asOutcomeItems, judgedBy } from './judged.ts';
import type { CallRecord } from './log-writer.ts';
import { type Answered, ask, type CallTool } from './tool-calls.ts';
import type { KnownTool } from './tool-catalogue.ts';

/** What is to be done on the other side, or taken back there. */
export interface Effect {
  readonly tool: KnownTool;
  readonly tenantId: string;
  readonly config: JsonObject;
  /** The id of the action whose effect it is, also for taking it back. */
  readonly idempotencyKey: string;
  readonly input: JsonObject;
  /** What was previewed: what the tool says it did is compared with it. */
  readonly planned?: Preview;
  readonly lane?: Lane;
  /** Present when it is to be taken back. */
  readonly undo?: Undo;
}

/** What came of it, as far as it is known. */
export type Finding =
  | { readonly kind: 'done' | 'partial' | 'pending'; readonly outcome: Outcome }
  /** Nothing took effect; `error` says why where something went wrong, `outcome` what there is to say beside it. */
  | { readonly kind: 'nothing'; readonly error: Fault | null; readonly outcome?: Outcome }
  /** It may or may not have taken effect. */
  | { readonly kind: 'unknown'; readonly error: Fault };

export interface Fault {
  readonly code: string;
  readonly message: string;
  /** Whether it may pass by itself. */
  readonly retryable: boolean;
  /** The call was not even made, and is no try: the connector is left alone, or too much was asked of it at once. */
  readonly heldBack?: boolean;
}

/** A refusal in the words of its first problem. */
export function firstOf({ errors: [first] }: UserProblem): Pick<Fault, 'code' | 'message'> {
  const { code = 'REFUSED', message = 'The tool refuses it.' } = first ?? {};
  return { code, message };
}

/** Of what did not come about. */
export const outcomeOfFault = ({ code, message }: Pick<Fault, 'code' | 'message'>): Outcome => ({
  externalId: null,
  output: null,
  summary: null,
  errorCode: code,
  errorMessage: message,
});

export interface Findings {
  readonly finding: Finding;
  readonly calls: readonly CallRecord[];
}

/** Reaches out to the other side through a connector, and finds out what came of it. */
export class Effects {
  readonly #call: CallTool;
  readonly #timeoutMs: number;

  constructor(call: CallTool, timeoutMs: number) {
    this.#call = call;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Does it, or takes it back. Where the answer leaves open whether it took effect, the other side is asked once.
   * `again`: it was tried before, and what came of that is not known.
   */
  async perform(effect: Effect, again: boolean): Promise<Findings> {
    return effect.undo ? this.#compensate(effect, effect.undo, again) : this.#execute(effect);
  }

  /** Asks whether it has taken effect. What takes back is safe to do twice, so nothing is asked about it. */
  async check(effect: Effect): Promise<Findings> {
    if (effect.undo) return { finding: { kind: 'nothing', error: null }, calls: [] };
    const { input } = effect;
    const answer = await ask(this.#call, { ...this.#request(effect), operation: 'verify', payload: { input } });
    const calls = [answer.record];
    if (!answer.ok) return { finding: { kind: 'unknown', error: faultOf(answer.error) }, calls };
    const { result } = answer;
    switch (result.status) {
      case 'done':
      case 'pending':
        return { finding: findingOf(effect, result.status, result), calls };
      case 'not_done':
        return { finding: { kind: 'nothing', error: null }, calls };
      case 'unknown': {
        const message = result.reason ?? 'The other side cannot say whether it was done.';
        return { finding: { kind: 'unknown', error: { code: 'OUTCOME_UNKNOWN', message, retryable: true } }, calls };
      }
    }
  }

  async #execute(effect: Effect): Promise<Findings> {
    const { input } = effect;
    const answer = await ask(this.#call, { ...this.#request(effect), operation: 'execute', payload: { input } });
    const calls = [answer.record];
    if (answer.ok) {
      const said = answer.result.status === 'pending' ? 'pending' : 'done';
      return { finding: findingOf(effect, said, answer.result), calls };
    }
    const finding = findingBy(answer);
    // After a timeout the request may still be on its way: what is asked now would say too little.
    if (finding.kind !== 'unknown' || answer.error.code === 'TIMEOUT') return { finding, calls };
    const checked = await this.check(effect);
    const all = [...calls, ...checked.calls];
    if (checked.finding.kind === 'unknown') return { finding, calls: all };
    // That nothing was done leaves open why: what went wrong with the call says it.
    const isSilent = checked.finding.kind === 'nothing' && checked.finding.error === null;
    return { finding: isSilent ? { kind: 'nothing', error: finding.error } : checked.finding, calls: all };
  }

  async #compensate(effect: Effect, undo: Undo, again: boolean): Promise<Findings> {
    const answer = await ask(this.#call, { ...this.#request(effect), operation: 'compensate', payload: undo });
    const calls = [answer.record];
    if (!answer.ok) return { finding: again ? sinceBefore(answer) : findingBy(answer), calls };
    const { summary, externalId = undo.externalId, items } = answer.result;
    return { finding: findingOf(effect, 'done', { externalId, summary, items }), calls };
  }

  #request({ tool, tenantId, config, idempotencyKey, lane }: Effect) {
    return { tool, tenantId, config, idempotencyKey, lane, timeoutMs: this.#timeoutMs };
  }
}

function findingBy({ error }: Extract<Answered<unknown>, { ok: false }>): Exclude<Finding, { outcome: Outcome }> {
  return { kind: error.effect === 'none' ? 'nothing' : 'unknown', error: faultOf(error) };
}

/**
 * That nothing came of this try says nothing of the one before, which may have been heard. Only a tool that has looked,
 * and found in the way what others did, knows that it was not.
 */
function sinceBefore(answer: Extract<Answered<unknown>, { ok: false }>): Finding {
  const { error } = answer;
  const looked = error.code === 'CONFLICT' && !error.retryable;
  return looked ? findingBy(answer) : { kind: 'unknown', error: faultOf(error) };
}

const faultOf = (error: ToolError): Fault => {
  const { code, message, retryable } = error;
  return { code, message, retryable, ...(error instanceof HeldBack && { heldBack: true }) };
};

/** What the tool says that it did. */
interface Done {
  readonly externalId?: string;
  readonly output?: JsonObject;
  readonly summary?: string;
  readonly items?: readonly ItemResult[];
  readonly changes?: readonly Change[];
}

/** What an answer comes to, its items judged by what they say themselves. */
function findingOf({ planned, undo }: Effect, said: 'done' | 'pending', done: Done): Finding {
  const items = done.items ? asOutcomeItems(done.items) : null;
  const outcome: Outcome = {
    externalId: done.externalId ?? null,
    output: done.output ?? null,
    summary: done.summary ?? null,
    errorCode: null,
    errorMessage: null,
    ...(items && { items }),
    ...(planned && !undo && done.changes && { deviations: deviationsFrom(planned, done.changes) }),
  };
  return findingIn(outcome, said);
}

/** What an outcome with its items comes to; `said` holds where the items leave it open. */
export function findingIn(outcome: Outcome, said: 'done' | 'pending'): Finding {
  const kind = judgedBy(outcome.items ?? [], said);
  if (kind !== 'nothing') return { kind, outcome };
  const [first] = outcome.items ?? [];
  const message = first?.errorMessage ?? 'The other side refused every item.';
  return { kind, error: { code: first?.errorCode ?? 'REFUSED', message, retryable: false }, outcome };
}
