import {
  type Database,
  type EntityManager,
  problem,
  type RequestContext,
  type UserError,
  UserProblem,
} from '@countersign/kernel';
import { checkAgainstSchema, type ToolError, type Preview as ToolPreview } from '@countersign/plugin-sdk';
import type { Preview } from '../entities/plan.ts';
import { HeldBack, refusedBy } from './calls/held-back.ts';
import { canonicalJson, type JsonObject } from './decision-log/index.ts';
import type { Effect } from './effects.ts';
import { type CallRecord, publishCalls } from './log-writer.ts';
import { ordersOf } from './standing-orders.ts';
import { ask, asPreview, type CallTool, callerCode } from './tool-calls.ts';
import type { KnownTool } from './tool-catalogue.ts';

/** An effect that is asked about and not brought about. */
export type PreviewRequest = Omit<Effect, 'undo'>;

/** What executing would do, or why it would be refused. */
export type Previewed = { readonly calls: readonly CallRecord[] } & (
  | { readonly preview: Preview; readonly refusal?: never }
  /** `heldBack`: the tool was not even asked. */
  | { readonly preview?: never; readonly refusal: UserProblem; readonly heldBack?: boolean }
);

/** Asks tools what they would do. */
export class Previews {
  readonly #database: Database;
  readonly #call: CallTool;
  readonly #timeoutMs: number;

  constructor(parts: { database: Database; call: CallTool; callTimeoutMs: number }) {
    this.#database = parts.database;
    this.#call = parts.call;
    this.#timeoutMs = parts.callTimeoutMs;
  }

  async look({ input, ...call }: PreviewRequest): Promise<Previewed> {
    const request = { ...call, timeoutMs: this.#timeoutMs };
    const answer = await ask(this.#call, { ...request, operation: 'preview', payload: { input } });
    const calls = [answer.record];
    if (!answer.ok) return { refusal: refusalBy(answer.error), heldBack: answer.error instanceof HeldBack, calls };
    const refusal = refusalOf(answer.result);
    return refusal ? { refusal, calls } : { preview: asPreview(answer.result), calls };
  }

  /** The preview of what a caller asks for. Refuses with what the tool refuses; that it was asked is metered then, too. */
  async insist(
    request: Omit<PreviewRequest, 'tenantId'>,
    context: RequestContext,
    actionId: string | null = null,
  ): Promise<{ preview: Preview; calls: readonly CallRecord[] }> {
    const { tenantId } = context.principal;
    const { preview, refusal, calls } = await this.look({ ...request, tenantId });
    if (preview) return { preview, calls };
    const about = { actionId, tool: request.tool.name };
    await this.#database.withTenant(context.principal, (em) => publishCalls(em, context, about, calls));
    throw refusal;
  }
}

/** Whether the two say the same, to the letter. */
export const isSamePreview = (one: Preview, other: Preview): boolean => canonicalJson(one) === canonicalJson(other);

/** The tenant's configuration of a connector. Refuses with `CONNECTOR_NOT_CONFIGURED`. */
export async function configOf(em: EntityManager, connector: string): Promise<JsonObject> {
  const config = (await ordersOf(em)).configs.get(connector);
  if (config) return config;
  const message = `The connector ${connector} is not configured: an administrator does so with configureConnector.`;
  throw problem('CONNECTOR_NOT_CONFIGURED', message, undefined, { connector });
}

/** The input with the schema's defaults filled in. Refuses with `INVALID_INPUT`. */
export function checkedInput({ manifest }: KnownTool, input: JsonObject): JsonObject {
  const { value, problems } = checkAgainstSchema(manifest.inputSchema, input);
  if (problems.length > 0) throw asInputProblem(problems);
  return value as JsonObject; // Valid against the schema of an object.
}

const refusalOf = ({ userErrors = [] }: ToolPreview): UserProblem | null =>
  userErrors.length > 0 ? asInputProblem(userErrors) : null;

/** Whether it is the input that is refused, by its schema or by the tool, and not the moment or the connector. */
export const isRefusedForInput = (error: unknown): boolean =>
  error instanceof UserProblem && error.errors.some(({ code, path }) => path?.[0] === 'input' && !ofOthers.has(code));

const ofOthers = new Set(['OTHER_SIDE_UNAVAILABLE', 'CONNECTOR_FAULT']);

/** Faults of the connector's own are ours to mend, not the caller's; they are named all the same. */
const refusalBy = (error: ToolError): UserProblem =>
  refusedBy(error, ...asInputErrors(error.problems.map((each) => ({ ...each, code: callerCode(each.code) }))));

type Refusal = ToolError['problems'][number];

const asInputProblem = (problems: readonly Refusal[]): UserProblem => new UserProblem(...asInputErrors(problems));

const asInputErrors = (problems: readonly Refusal[]): UserError[] =>
  problems.map(({ code, message, path, params }) => ({
    code,
    message,
    path: path ? ['input', ...path] : null,
    params: params ? { ...params } : null,
  }));
