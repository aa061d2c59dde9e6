import type { AmountPointers } from './amount.ts';
import type { HttpClient } from './http.ts';
import type { FromSchema, JsonObject, JsonValue, ObjectSchema } from './json-schema.ts';
import type { Problem } from './tool-error.ts';

/** What a tool sees of the world. Nothing else is within its reach: no network, no files, no environment. */
export interface ToolContext {
  /** The tenant's configuration, valid against the connector's `configSchema`. */
  readonly config: JsonObject;
  /** Names this one effect, for ever. Hand it to the other side, so that doing it twice is doing it once. */
  readonly idempotencyKey: string;
  readonly tenantId: string;
  readonly http: HttpClient;
  readonly log: Log;
  /** Aborted when the caller gives up or the time is over. */
  readonly signal: AbortSignal;
}

export type Log = Record<LogLevel, (message: string, fields?: JsonObject) => void>;
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** One change that executing would make. */
export interface Change {
  /** Where, in the words of the other side: `ServiceRequest.status`. */
  path: string;
  /** Null where there was nothing. */
  before: JsonValue;
  /** Null where nothing will be left. */
  after: JsonValue;
}

export interface Preview {
  /** One sentence that a person decides by. */
  summary: string;
  changes: readonly Change[];
  /** What executing will cost on the other side, in US dollars. */
  costUsd?: number;
  /** Differs when what the preview relied on has changed since; the host then asks for a new preview. */
  fingerprint?: string;
  /** Why it would be refused, where that is known already. */
  userErrors?: readonly Problem[];
}

/** How the other side judged one item of a batch. */
export interface ItemResult {
  /** Which, as the tool names it, the same in every answer: `payments/0`. */
  item: string;
  /** `pending`: it has the item and answers later. */
  status: 'done' | 'refused' | 'pending';
  /** How the other side names what was made of it. */
  externalId?: string;
  /** Why it was refused: the other side's own code, and in words. */
  code?: string;
  message?: string;
}

/**
 * `pending`: the other side has it and answers later. Where it judged a batch item by item, all of them are in `items`:
 * what the host records follows from these, so that nothing refused hides behind a success.
 */
export interface Execution<Output = JsonObject> {
  status: 'succeeded' | 'pending';
  /** How the other side names what was made, e.g. `ServiceRequest/17`. */
  externalId: string;
  output: Output;
  items?: readonly ItemResult[];
  /** What was changed, as the other side has it now, in the paths of the preview: the host compares the two. */
  changes?: readonly Change[];
}

/** Whether the effect of an idempotency key has happened. */
export type Verification<Output = JsonObject> =
  | {
      status: 'done';
      externalId?: string;
      output?: Output;
      items?: readonly ItemResult[];
      changes?: readonly Change[];
    }
  /** The other side has it and has not answered yet. */
  | { status: 'pending'; externalId?: string; items?: readonly ItemResult[] }
  | { status: 'not_done' }
  | { status: 'unknown'; reason?: string };

/** What is to be undone: the call as it was made, and what came of it. */
export interface Undo<Input = JsonObject, Output = JsonObject> {
  input: Input;
  output: Output;
  externalId: string;
  /** Why, in the words of whoever undoes it. */
  reason: string;
}

export interface Compensation {
  /** What was done about it, in one sentence. */
  summary: string;
  externalId?: string;
  changes?: readonly Change[];
  /** Where a part could not be undone: each item, and why. An undo is not answered later: none is `pending`. */
  items?: readonly (ItemResult & { status: 'done' | 'refused' })[];
}

/** What a tool can be asked. */
export type ToolOperation = 'preview' | 'execute' | 'verify' | 'compensate' | 'compensatePreview';

/** How much harm it could do. */
export type Risk = 'low' | 'medium' | 'high';
/** Nobody's, of persons (PII), of patients (PHI), or what opens something. */
export type DataClass = 'none' | 'pii' | 'phi' | 'secret';
export type Reversibility = 'reversible' | 'irreversible';

/** What a partner writes for one thing that can be done in another system. */
export interface ToolDefinition<Input, Output, InputSchema = ObjectSchema, OutputSchema = ObjectSchema> {
  /** In camelCase: `createServiceRequest` of `fhir` becomes the mutation `fhirCreateServiceRequest`. */
  name: string;
  title: string;
  description: string;
  /** Semantic version. */
  version: string;
  risk: Risk;
  /** A reversible tool has `compensate`. */
  reversibility: Reversibility;
  /** How long after it was done it can be undone: an ISO 8601 duration of exact length, as `PT48H`; for ever unless told. */
  undoWithin?: string;
  /** Of whom its data is, in previews and outcomes; taken for data of persons unless told. */
  dataClass?: DataClass;
  /** Each property with a `description`; enum values in SCREAMING_CASE, or named so under `x-enum-names`. */
  inputSchema: InputSchema;
  outputSchema: OutputSchema;
  /** Where the input says how much money it is about; policies see it as the action's `amount` and `currency`. */
  amount?: AmountPointers;
  /** What would change. Must change nothing itself. @throws ToolError */
  preview(input: Input, ctx: ToolContext): Promise<Preview>;
  /** Does it. Twice under one `ctx.idempotencyKey` is once. @throws ToolError */
  execute(input: Input, ctx: ToolContext): Promise<Execution<Output>>;
  /** Did `ctx.idempotencyKey` take effect? Must change nothing itself. @throws ToolError */
  verify(input: Input, ctx: ToolContext): Promise<Verification<Output>>;
  /** Undoes it, or refuses when it has changed since. Undoing twice is undoing once. @throws ToolError */
  compensate?(undo: Undo<Input, Output>, ctx: ToolContext): Promise<Compensation>;
  /** What undoing would change. Must change nothing itself. @throws ToolError */
  compensatePreview?(undo: Undo<Input, Output>, ctx: ToolContext): Promise<Preview>;
}

/** A tool as the host holds it: what its input looks like is known at run time alone. */
export type Tool = ToolDefinition<JsonObject, JsonObject>;

/** Types `input` and `output` by the schemas; a tool is otherwise what is written here. */
export function defineTool<const I extends ObjectSchema, const O extends ObjectSchema>(
  tool: ToolDefinition<FromSchema<I>, FromSchema<O>, I, O>,
): Tool {
  // The host hands in only what is valid against the schema that the types come from.
  return tool as unknown as Tool;
}
