import { setImmediate as turn } from 'node:timers/promises';
import { type Access, type Database, newId, problem, type RequestContext, UserProblem } from '@countersign/kernel';
import { type CheckedStep, checkedSteps, type StepDraft, toolsOf } from './bundle-drafts.ts';
import { leaveToPropose } from './bundle-proposals.ts';
import { type Countable, fillRecord, malformedPlaces, type Totals, totalsOf } from './bundles/index.ts';
import type { JsonObject, JsonValue } from './decision-log/index.ts';
import { GateTrial, type TrialAnswer } from './gate-trial.ts';
import { type CallRecord, publishCalls } from './log-writer.ts';
import type { Previews } from './previews.ts';
import { assertStorable } from './storable.ts';
import type { KnownTool, ToolCatalogue } from './tool-catalogue.ts';

export interface Refusal {
  /** Place of the record in the request. */
  readonly record: number;
  readonly code: string;
  readonly message: string;
  /** Where in the bundle that the record makes. */
  readonly path: readonly string[];
}

export interface Simulation {
  readonly records: number;
  /** How many would be taken as they are. */
  readonly going: number;
  /** Steps of those that take from others, of which nothing can be previewed. */
  readonly notPreviewed: number;
  /** Of those that would be taken. */
  readonly totals: Totals;
  readonly refusals: readonly Refusal[];
  /** What gates would answer to those that would be taken. */
  readonly gates: readonly (TrialAnswer & { readonly record: number })[];
}

/** What came of one record. */
interface Tried {
  readonly refusals: readonly Refusal[];
  /** In the order of their execution. */
  readonly checked: readonly CheckedStep[];
  readonly steps: readonly Countable[];
  readonly notPreviewed: number;
}

export const mostRecords = 500;
export const mostPreviews = 2_000;
/** So few at once that a simulation does not crowd out what people wait for. */
const lanes = 4;
const longestMs = 60_000;
/** After so many questions without an answer nothing more is asked. */
const mostUnanswered = 3;

export interface BundleSimulationParts {
  readonly database: Database;
  readonly access: Access;
  readonly catalogue: ToolCatalogue;
  readonly previews: Previews;
  readonly now: () => Date;
}

/**
 * Tries a bundle over many records: asks for previews, and of gates what they would answer if all that would go were
 * proposed one after another. Nothing is kept but that the tools were asked.
 */
export class BundleSimulations {
  readonly #parts: BundleSimulationParts;

  constructor(parts: BundleSimulationParts) {
    this.#parts = parts;
  }

  /**
   * Throws `FORBIDDEN` for who may not propose with all of the tools; refuses with `TOO_MANY_RECORDS`, `RECORDS_EMPTY`,
   * `SIMULATION_TOO_LARGE`, `RECORD_PLACE_INVALID`, and with what is wrong with the steps whatever the record.
   */
  async simulate(
    drafts: readonly StepDraft[],
    records: readonly JsonValue[],
    context: RequestContext,
  ): Promise<Simulation> {
    assertStorable({ drafts, records }, ['input']);
    checkSize(drafts, records);
    const tools = toolsOf(this.#parts.catalogue, drafts);
    checkPlaces(drafts);
    const configs = await leaveToPropose(this.#parts, [...tools.values()], context);
    const run = new SimulationRun(this.#parts, configs, context);
    const tried: Tried[] = [];
    let next = 0;
    const lane = async () => {
      for (let index = next++; index < records.length; index = next++) {
        tried[index] = await run.try(index, drafts, records[index] ?? null);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane)).finally(() => run.meter());
    const { judged, gates } = await this.#judge(tried, [...tools.values()], context);
    const going = judged.filter(({ refusals }) => refusals.length === 0);
    return {
      records: records.length,
      going: going.length,
      notPreviewed: going.reduce((sum, { notPreviewed }) => sum + notPreviewed, 0),
      totals: totalsOf(going.flatMap(({ steps }) => steps)),
      refusals: judged.flatMap(({ refusals }) => refusals),
      gates,
    };
  }

  /** Holds what the tools take against the gates, in the order of the records. */
  async #judge(tried: readonly Tried[], tools: readonly KnownTool[], { principal: maker }: RequestContext) {
    const now = this.#parts.now();
    const trial = await this.#parts.database.read(maker, (em) => GateTrial.open(em, tools, { maker, now }));
    const gates: Simulation['gates'][number][] = [];
    const judged: Tried[] = [];
    for (const [record, each] of tried.entries()) {
      const answer = each.refusals.length > 0 ? null : trial.ask(each.checked);
      judged.push(answer instanceof UserProblem ? refusedRecord(record, answer) : each);
      if (answer && !(answer instanceof UserProblem)) gates.push({ record, ...answer });
      // Of many records the sums take a while, in which others have their turn.
      await turn();
    }
    return { judged, gates };
  }
}

/** One simulation at work: its time, what it was answered, and what has to be metered. */
class SimulationRun {
  readonly #parts: { database: Database; catalogue: ToolCatalogue; previews: Previews };
  readonly #configs: ReadonlyMap<string, JsonObject>;
  readonly #context: RequestContext;
  readonly #until = performance.now() + longestMs;
  readonly #calls = new Map<string, CallRecord[]>();
  #unanswered = 0;

  constructor(
    parts: { database: Database; catalogue: ToolCatalogue; previews: Previews },
    configs: ReadonlyMap<string, JsonObject>,
    context: RequestContext,
  ) {
    this.#parts = parts;
    this.#configs = configs;
    this.#context = context;
  }

  async try(record: number, drafts: readonly StepDraft[], values: JsonValue): Promise<Tried> {
    let steps: readonly CheckedStep[];
    try {
      const filled = drafts.map((draft) => ({ ...draft, input: fillRecord(draft.input, values) }));
      steps = checkedSteps(this.#parts.catalogue, filled);
    } catch (error) {
      if (error instanceof UserProblem) return refusedRecord(record, error);
      throw error;
    }
    const counted: Countable[] = [];
    for (const step of steps) {
      const found = await this.#look(step);
      if (found instanceof UserProblem) return refusedRecord(record, found);
      counted.push(found);
    }
    const notPreviewed = steps.filter(({ references }) => references.length > 0).length;
    return { refusals: [], checked: steps, steps: counted, notPreviewed };
  }

  /** Writes down what was asked of the tools, whatever came of it. */
  async meter(): Promise<void> {
    const { database } = this.#parts;
    const { principal } = this.#context;
    for (const [tool, calls] of this.#calls) {
      await database.withTenant(principal, (em) => publishCalls(em, this.#context, { actionId: null, tool }, calls));
    }
  }

  async #look({ tool, input, references, money, index }: CheckedStep): Promise<Countable | UserProblem> {
    const { risk } = tool.manifest;
    if (references.length > 0) return { risk, ...money, preview: { changes: [] } };
    const path = ['steps', String(index)];
    if (performance.now() > this.#until || this.#unanswered >= mostUnanswered) {
      return problem('NOT_SIMULATED', 'It took too long, or the other side does not answer: it was not asked.', path);
    }
    const { tenantId } = this.#context.principal;
    const config = this.#configs.get(tool.connector.manifest.name) ?? {};
    const found = await this.#parts.previews.look({ tool, tenantId, config, idempotencyKey: newId(), input });
    this.#calls.set(tool.name, [...(this.#calls.get(tool.name) ?? []), ...found.calls]);
    if (found.preview) return { risk, ...money, preview: found.preview };
    const { errors } = found.refusal;
    if (errors.some(({ code }) => code === 'OTHER_SIDE_UNAVAILABLE')) this.#unanswered += 1;
    return new UserProblem(...errors.map((each) => ({ ...each, path: [...path, ...(each.path ?? ['input'])] })));
  }
}

const refusedRecord = (record: number, error: UserProblem): Tried => ({
  refusals: refusalsOf(record, error),
  checked: [],
  steps: [],
  notPreviewed: 0,
});

const refusalsOf = (record: number, { errors }: UserProblem): Refusal[] =>
  errors.map(({ code, message, path }) => ({
    record,
    code,
    message,
    // From the bundle on, as it would be proposed.
    path: (path ?? []).slice(path?.[0] === 'input' ? 1 : 0),
  }));

function checkSize(drafts: readonly StepDraft[], { length }: readonly JsonValue[]): void {
  if (length === 0) throw problem('RECORDS_EMPTY', 'A simulation needs at least one record.', ['input', 'records']);
  if (length > mostRecords) {
    const message = `A simulation takes at most ${mostRecords} records, not ${length}: make several of it.`;
    throw problem('TOO_MANY_RECORDS', message, ['input', 'records'], { most: mostRecords });
  }
  const previews = drafts.length * length;
  if (previews <= mostPreviews) return;
  const message = `A simulation has at most ${mostPreviews} steps over all records, not ${previews}: make several of it.`;
  throw problem('SIMULATION_TOO_LARGE', message, ['input'], { most: mostPreviews });
}

function checkPlaces(drafts: readonly StepDraft[]): void {
  for (const [index, { input }] of drafts.entries()) {
    const [wrong] = malformedPlaces(input);
    if (!wrong) continue;
    const message = 'A place for a value of the record is { "$record": "/pointer" }, and nothing else.';
    throw problem('RECORD_PLACE_INVALID', message, ['input', 'steps', String(index), 'input', ...wrong]);
  }
}
