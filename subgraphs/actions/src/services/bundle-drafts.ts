import { problem, UserProblem } from '@countersign/kernel';
import { checkAgainstSchema, stepsOf as stepsOfPointer } from '@countersign/plugin-sdk';
import { type Amount, amountOf } from './amount-of.ts';
import {
  checkReference,
  orderOf,
  type Path,
  placeIn,
  type Reference,
  referencesIn,
  replaceMarked,
  startsWith,
} from './bundles/index.ts';
import type { JsonObject, JsonValue } from './decision-log/index.ts';
import { checkedInput } from './previews.ts';
import type { KnownTool, ToolCatalogue } from './tool-catalogue.ts';

/** A step as it was asked for. */
export interface StepDraft {
  readonly key: string;
  readonly tool: string;
  readonly input: JsonObject;
  readonly dependsOn: readonly string[];
}

/** A step that was checked, in its place. */
export interface CheckedStep {
  readonly key: string;
  /** Its place in the request, which problems name. */
  readonly index: number;
  readonly tool: KnownTool;
  /** With the schema's defaults filled in, and its references as they were given. */
  readonly input: JsonObject;
  readonly references: readonly Reference[];
  /** Keys of the steps that come before it. */
  readonly after: readonly string[];
  readonly money: Amount;
}

export const mostSteps = 50;
const keyPattern = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/**
 * Holds the steps of a bundle against the tools' schemas and against each other; answers them in the order of their
 * execution. Asks nobody. Refuses with `BUNDLE_EMPTY`, `BUNDLE_TOO_LARGE`, `STEP_KEY_INVALID`, `STEP_KEY_TAKEN`,
 * `STEP_UNKNOWN`, `TOOL_NOT_FOUND`, `BUNDLE_CYCLE`, `REFERENCE_INVALID`, `REFERENCE_NOT_FOUND`, `REFERENCE_TYPE_MISMATCH`,
 * `REFERENCE_NOT_ALLOWED`, `INVALID_INPUT`, `AMOUNT_INVALID`.
 */
export function checkedSteps(catalogue: ToolCatalogue, drafts: readonly StepDraft[]): readonly CheckedStep[] {
  const tools = toolsOf(catalogue, drafts);
  const steps = drafts.map((draft, index) => atStep(index, () => checkedStep(draft, index, tools)));
  const ordered = orderOf(steps.map(({ key, after }) => ({ key, dependsOn: after })));
  if (!ordered.ok) {
    const { cycle } = ordered;
    const way = [...cycle, cycle[0]].join(' -> ');
    const message = `Each of these steps waits for the next one: ${way}. One of them has to do without.`;
    throw problem('BUNDLE_CYCLE', message, ['input', 'steps'], { cycle });
  }
  const place = new Map(ordered.order.map((key, ordinal) => [key, ordinal]));
  return steps.sort((one, other) => (place.get(one.key) ?? 0) - (place.get(other.key) ?? 0));
}

/** The tools of the steps, by their keys. Refuses with what is wrong with the steps whatever their inputs are. */
export function toolsOf(catalogue: ToolCatalogue, drafts: readonly StepDraft[]): ReadonlyMap<string, KnownTool> {
  checkSize(drafts);
  checkKeys(drafts);
  return new Map(drafts.map((draft, index) => [draft.key, toolOf(catalogue, draft, index)]));
}

/** Throws on what came of work on one step: what is wrong with its input is wrong there. */
export const throwAt =
  (index: number) =>
  (error: unknown): never => {
    throw error instanceof UserProblem ? problemAt(index, error) : error;
  };

function atStep<T>(index: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    return throwAt(index)(error);
  }
}

/** The same problem, with the step in its path. */
const problemAt = (index: number, { errors }: UserProblem): UserProblem =>
  new UserProblem(
    ...errors.map((error) => {
      const inside = error.path?.[0] === 'input' ? error.path : ['input'];
      return { ...error, path: ['input', 'steps', String(index), ...inside] };
    }),
  );

function checkedStep(draft: StepDraft, index: number, tools: ReadonlyMap<string, KnownTool>): CheckedStep {
  const tool = toolNamed(tools, draft.key);
  const { references, malformed } = referencesIn(draft.input);
  const [wrong] = malformed;
  if (wrong) {
    const message =
      'A reference is { "$from": "key of a step", "pointer": "/externalId" } or a pointer into "/output", and nothing else.';
    throw problem('REFERENCE_INVALID', message, ['input', ...wrong]);
  }
  for (const reference of references) checkSource(reference, tool, tools);
  const input =
    references.length === 0 ? checkedInput(tool, draft.input) : checkedTemplate(tool, draft.input, references);
  const after = [...new Set([...draft.dependsOn, ...references.map(({ from }) => from)])];
  return { key: draft.key, index, tool, input, references, after, money: amountOf(tool.manifest, input) };
}

function checkSource(reference: Reference, tool: KnownTool, tools: ReadonlyMap<string, KnownTool>): void {
  const { at, from } = reference;
  const source = tools.get(from);
  if (!source) throw unknownStep(from, ['input', ...at]);
  const pointers = [tool.manifest.amount?.value, tool.manifest.amount?.currency].filter((each) => each !== undefined);
  if (pointers.some((pointer) => touches(at, stepsOfPointer(pointer)))) {
    const message = 'How much money a step is about is approved with it: it cannot come from another step.';
    throw problem('REFERENCE_NOT_ALLOWED', message, ['input', ...at]);
  }
  const schemas = { output: source.manifest.outputSchema, input: tool.manifest.inputSchema };
  const found = checkReference(reference, schemas);
  if (found) throw problem(found.code, found.message, ['input', ...at], { from, pointer: reference.pointer });
}

/** An input whose references stand for what is not known yet: all but these has to be right already. */
function checkedTemplate({ manifest }: KnownTool, input: JsonObject, references: readonly Reference[]): JsonObject {
  const { value, problems } = checkAgainstSchema(manifest.inputSchema, input);
  const open = references.map(({ at }) => at).filter((at) => placeIn(manifest.inputSchema, at) !== null);
  const wrong = problems.filter(({ path }) => !open.some((at) => startsWith(path ?? [], at)));
  if (wrong.length > 0) {
    throw new UserProblem(
      ...wrong.map(({ code, message, path, params }) => ({
        code,
        message,
        path: ['input', ...(path ?? [])],
        params: params ? { ...params } : null,
      })),
    );
  }
  // The schema's defaults may have been filled into the references themselves.
  const restored = replaceMarked(
    value as JsonObject,
    '$from',
    ({ $from, pointer }) => ({ $from, pointer }) as JsonValue,
  );
  return restored as JsonObject; // A copy of an object, with its references as they were.
}

const touches = (one: Path, other: Path): boolean => startsWith(one, other) || startsWith(other, one);

function checkSize({ length }: readonly StepDraft[]): void {
  if (length === 0) throw problem('BUNDLE_EMPTY', 'A bundle has at least one step.', ['input', 'steps']);
  if (length <= mostSteps) return;
  const message = `A bundle has at most ${mostSteps} steps, not ${length}: make several of it.`;
  throw problem('BUNDLE_TOO_LARGE', message, ['input', 'steps'], { most: mostSteps });
}

function checkKeys(drafts: readonly StepDraft[]): void {
  const keys = new Set<string>();
  for (const [index, { key }] of drafts.entries()) {
    const path = ['input', 'steps', String(index), 'key'];
    if (!keyPattern.test(key)) {
      const message = 'A key is a letter, then up to 63 letters, digits, - and _.';
      throw problem('STEP_KEY_INVALID', message, path);
    }
    if (keys.has(key)) throw problem('STEP_KEY_TAKEN', `There is a step "${key}" already.`, path);
    keys.add(key);
  }
  for (const [index, { dependsOn }] of drafts.entries()) {
    const unknown = dependsOn.find((each) => !keys.has(each));
    if (unknown !== undefined) throw unknownStep(unknown, ['input', 'steps', String(index), 'dependsOn']);
  }
}

const unknownStep = (key: string, path: string[]): UserProblem =>
  problem('STEP_UNKNOWN', `There is no step "${key.slice(0, 64)}" in this bundle.`, path);

function toolOf(catalogue: ToolCatalogue, { tool: name }: StepDraft, index: number): KnownTool {
  const tool = catalogue.tool(name);
  if (tool) return tool;
  const message = `There is no tool ${name.slice(0, 128)}; \`connectors\` lists those that there are.`;
  throw problem('TOOL_NOT_FOUND', message, ['input', 'steps', String(index), 'tool']);
}

function toolNamed(tools: ReadonlyMap<string, KnownTool>, key: string): KnownTool {
  const tool = tools.get(key);
  if (!tool) throw new Error(`The step ${key} has no tool.`);
  return tool;
}
