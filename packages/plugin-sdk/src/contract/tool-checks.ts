import type { JsonObject } from '../json-schema.ts';
import { checkAgainstSchema } from '../schema-check.ts';
import type { Change, Execution, Tool, ToolContext } from '../tool.ts';
import { ToolError } from '../tool-error.ts';
import type { ContractCase } from './contract-case.ts';
import { contextOf } from './test-context.ts';
import type { WatchedHttp } from './watched-http.ts';

export interface World extends WatchedHttp {
  config: JsonObject;
  tenantId: string;
}

/** What is checked, and the check, which throws when it does not hold. */
export type NamedCheck = [name: string, check: () => Promise<unknown>];

/** The checks of one case in the order in which they must run: later ones build on what earlier ones did. */
export function toolChecks(tool: Tool, one: ContractCase, world: World): NamedCheck[] {
  const key = crypto.randomUUID();
  const { value, problems } = checkAgainstSchema(tool.inputSchema, one.input);
  const input = value as JsonObject; // valid against a schema of an object, or the first check says that it is not
  const context = (idempotencyKey: string): ToolContext => contextOf(world, idempotencyKey);
  const ctx = context(key);
  let execution: Execution | undefined;
  let previewed: readonly Change[] = [];

  const checks: NamedCheck[] = [
    [
      'the case is valid input',
      async () => demand(problems.length === 0, problems.map((problem) => problem.message).join(' ')),
    ],
    [
      'preview changes nothing and says what would',
      async () => {
        const preview = await withoutChanges(one, world, () => tool.preview(input, ctx));
        demand(preview.summary.trim() !== '', 'the summary is empty.');
        demand(preview.changes.length > 0, 'no change is listed, and executing would make one.');
        previewed = preview.changes;
      },
    ],
    [
      'preview gives the same fingerprint while nothing has changed',
      async () => {
        const [first, second] = [await tool.preview(input, ctx), await tool.preview(input, ctx)];
        demand(first.fingerprint === second.fingerprint, `${first.fingerprint} is followed by ${second.fingerprint}.`);
      },
    ],
    ...(one.refused ?? []).map(
      (refused): NamedCheck => [
        `preview refuses ${JSON.stringify(refused.input)} with ${refused.code}`,
        () => expectRefusal(tool, refused, context(crypto.randomUUID())),
      ],
    ),
    [
      'verify answers not_done before',
      () => withoutChanges(one, world, () => expectStatus(tool, input, ctx, 'not_done')),
    ],
    [
      'execute twice under one key, at the same time and after, has one effect',
      async () => {
        const before = await one.countEffects?.();
        const both = await Promise.all([tool.execute(input, ctx), tool.execute(input, ctx)]);
        const all = [...both, await tool.execute(input, ctx)];
        [execution] = all;
        const ids = new Set(all.map(({ externalId }) => externalId));
        demand(ids.size === 1, `it made ${[...ids].join(' and ')}.`);
        const after = await one.countEffects?.();
        demand(before === undefined || after === before + 1, `there were ${before} effects, and now ${after}.`);
      },
    ],
    [
      'the output is valid against its schema',
      async () => {
        const faults = checkAgainstSchema(tool.outputSchema, executed(execution).output).problems;
        demand(faults.length === 0, faults.map((fault) => fault.message).join(' '));
      },
    ],
    [
      'what was changed, where it is said, is what the preview said',
      async () => {
        const { changes } = executed(execution);
        if (!changes) return;
        const planned = new Map(previewed.map(({ path, after }) => [path, JSON.stringify(after)]));
        const differing = changes.filter(({ path, after }) => planned.get(path) !== JSON.stringify(after));
        const missing = [...planned.keys()].filter((path) => !changes.some((change) => change.path === path));
        const paths = [...differing.map(({ path }) => path), ...missing];
        demand(paths.length === 0, `it differs at ${paths.join(', ')}.`);
      },
    ],
    [
      'verify answers done after, under the same id',
      async () => {
        const externalId = await withoutChanges(one, world, () => expectStatus(tool, input, ctx, 'done'));
        const { externalId: made } = executed(execution);
        demand(externalId === undefined || externalId === made, `it names ${externalId}; execute made ${made}.`);
      },
    ],
    [
      'verify answers not_done for another key',
      () => expectStatus(tool, input, context(crypto.randomUUID()), 'not_done'),
    ],
  ];
  return tool.compensate ? [...checks, ...undoChecks(tool, one, world, input, () => executed(execution))] : checks;
}

function undoChecks(
  tool: Tool,
  one: ContractCase,
  world: World,
  input: JsonObject,
  made: () => Execution,
): NamedCheck[] {
  const ctx = contextOf(world, crypto.randomUUID());
  const undo = () => ({ input, output: made().output, externalId: made().externalId, reason: 'Contract test' });
  return [
    [
      'compensatePreview changes nothing',
      async () => {
        await withoutChanges(one, world, async () => tool.compensatePreview?.(undo(), ctx));
      },
    ],
    [
      'compensate undoes, and once more changes nothing',
      async () => {
        for (const round of ['once', 'again']) {
          const done = await tool.compensate?.(undo(), ctx);
          demand(Boolean(done?.summary.trim()), `undone ${round}, it does not say what was done.`);
          const isUndone = (await one.isUndone?.(made().externalId)) ?? true;
          demand(isUndone, `undone ${round}, ${made().externalId} still stands on the other side.`);
        }
      },
    ],
  ];
}

/** Runs what may change nothing, and looks at the requests and at the other side. */
async function withoutChanges<T>(one: ContractCase, world: World, work: () => Promise<T>): Promise<T> {
  const before = await one.countEffects?.();
  world.reset();
  const result = await work();
  const unsafe = world.requests.find((request) => !request.safe);
  demand(
    unsafe === undefined,
    `it sent ${unsafe?.method} ${unsafe?.url}: GET, HEAD, or requests that are marked safe, are all it may send.`,
  );
  const after = await one.countEffects?.();
  demand(before === after, `there were ${before} effects, and now ${after}.`);
  return result;
}

async function expectRefusal(
  tool: Tool,
  refused: NonNullable<ContractCase['refused']>[number],
  ctx: ToolContext,
): Promise<void> {
  const { value, problems } = checkAgainstSchema(tool.inputSchema, refused.input);
  // What the schema refuses never reaches the tool: the host refuses it.
  const found = problems.length > 0 ? problems : await refusalOf(() => tool.preview(value as JsonObject, ctx));
  const fits = found.some(
    ({ code, path = [] }) => code === refused.code && (refused.path ?? path).join('.') === path.join('.'),
  );
  const got = found.map(({ code, path = [] }) => `${code} at ${path.join('.') || 'no place'}`).join(', ');
  demand(fits, `it was ${got === '' ? 'not refused' : `refused with ${got}`}.`);
}

async function refusalOf(work: () => ReturnType<Tool['preview']>): Promise<ToolError['problems']> {
  try {
    return (await work()).userErrors ?? [];
  } catch (error) {
    if (error instanceof ToolError) return error.problems;
    throw error;
  }
}

async function expectStatus(
  tool: Tool,
  input: JsonObject,
  ctx: ToolContext,
  expected: 'done' | 'not_done',
): Promise<string | undefined> {
  const verification = await tool.verify(input, ctx);
  demand(verification.status === expected, `it answered ${verification.status}.`);
  return verification.status === 'done' ? verification.externalId : undefined;
}

function executed(execution: Execution | undefined): Execution {
  if (!execution) throw new Error('nothing was executed, so there is nothing to look at.');
  return execution;
}

function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
