import { type Database, type EntityManager, type EventOrigin, publish, UserProblem } from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import type { Bundle } from '../entities/bundle.ts';
import { type Given, resolveReferences } from './bundles/index.ts';
import { canonicalJson, type JsonObject } from './decision-log/index.ts';
import type { Drift } from './drift.ts';
import { requestFingerprint } from './lifecycle/index.ts';
import { lockAction } from './load-actions.ts';
import { type LogWriter, publishCalls } from './log-writer.ts';
import { move } from './move.ts';
import { checkedInput, configOf, type Previewed, type Previews } from './previews.ts';
import type { KnownTool, ToolCatalogue } from './tool-catalogue.ts';

/** Takes a step that was not begun, or has failed, out of the way: its bundle goes no further. */
export async function endStep(
  em: EntityManager,
  log: LogWriter,
  origin: EventOrigin,
  { id, bundle, state }: { readonly id: string; readonly bundle: Bundle; readonly state: string },
): Promise<void> {
  const step = await lockAction(em, id);
  const { status: from, planHash, tool } = step;
  move(step, { type: 'WITHDRAW' });
  const facts = { state, bundleId: bundle.id, failedStep: bundle.failedStep, planHash, from, to: step.status };
  log.append(em, origin, step, 'REJECTION', { facts });
  await publish(em, origin, 'ActionRejected', { actionId: id, tool });
}

export interface StepPartsNeeded {
  readonly database: Database;
  readonly catalogue: ToolCatalogue;
  readonly log: LogWriter;
  readonly previews: Previews;
  readonly drift: Drift;
}

/**
 * Gives a step what it takes from the others, once these are done: its input is checked and previewed, and what stands then
 * is what is executed. Its plan's hash stays that of the template, which is what was approved.
 */
export class StepInputs {
  readonly #parts: StepPartsNeeded;

  constructor(parts: StepPartsNeeded) {
    this.#parts = parts;
  }

  /**
   * Answers whether the step may be begun. Where its input is refused it is STALE, and the log says why. Throws
   * `OTHER_SIDE_UNAVAILABLE` where that cannot be told; then nothing has changed.
   */
  async fill(step: Action, given: ReadonlyMap<string, Given>, origin: EventOrigin): Promise<boolean> {
    const { stepTemplate: template } = step;
    if (template === null) return true;
    const { database, catalogue } = this.#parts;
    const tool = catalogue.insistTool(step.tool);
    const input = inputOf(tool, template, given);
    if (input instanceof UserProblem) return this.#refuse(step, { refusal: input, calls: [] }, origin);
    // It was filled in before the process ended.
    if (canonicalJson(input) === canonicalJson(step.input)) return true;
    const config = await database.read(origin.principal, (em) => configOf(em, tool.connector.manifest.name));
    const { id: idempotencyKey, tenantId } = step;
    const found = await this.#parts.previews.look({ tool, tenantId, config, idempotencyKey, input });
    if (found.refusal) return this.#refuse(step, found, origin);
    await this.#keep(step, { tool, input, ...found }, origin);
    return true;
  }

  async #keep(
    { id }: Action,
    { tool, input, preview, calls }: { tool: KnownTool; input: JsonObject } & Extract<Previewed, { refusal?: never }>,
    origin: EventOrigin,
  ): Promise<void> {
    const { database, log } = this.#parts;
    await database.withTenant(origin.principal, async (em) => {
      const step = await lockAction(em, id);
      await publishCalls(em, origin, { actionId: id, tool: tool.name }, calls);
      if (step.status !== 'APPROVED') return;
      const { planHash, toolVersion: version, bundleId, stepKey } = step;
      const fingerprint = requestFingerprint({ tool: tool.name, version, input });
      Object.assign(step, { input, preview });
      const facts = { tool: tool.name, version, fingerprint, fills: planHash, bundleId, step: stepKey };
      log.append(em, origin, step, 'INPUT', { facts, values: { input } });
      log.append(em, origin, step, 'PREVIEW', { facts: { planHash, fills: planHash }, values: { preview } });
    });
  }

  async #refuse(
    { id, tool }: Action,
    { refusal, calls }: Pick<Extract<Previewed, { preview?: never }>, 'refusal' | 'calls'>,
    origin: EventOrigin,
  ): Promise<boolean> {
    const { database, drift } = this.#parts;
    const unavailable = refusal.errors.some(({ code }) => code === 'OTHER_SIDE_UNAVAILABLE');
    await database.withTenant(origin.principal, async (em) => {
      await publishCalls(em, origin, { actionId: id, tool }, calls);
      if (unavailable) return;
      const step = await lockAction(em, id);
      if (step.status === 'APPROVED') await drift.markStale(em, step, { preview: null, refusal }, origin);
    });
    if (unavailable) throw refusal;
    return false;
  }
}

function inputOf(tool: KnownTool, template: JsonObject, given: ReadonlyMap<string, Given>): JsonObject | UserProblem {
  try {
    const { input } = resolveReferences(template, given);
    // Whatever came in its place is held against the schema of an object.
    return checkedInput(tool, input as JsonObject);
  } catch (error) {
    if (error instanceof UserProblem) return error;
    throw error;
  }
}
