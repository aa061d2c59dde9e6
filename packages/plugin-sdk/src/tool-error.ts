import type { JsonObject } from './json-schema.ts';

/**
 * Every way in which a call can fail, by its stable code. `retryable`: the same call may succeed later. `effect`:
 * whether the effect may have happened all the same; where it is `unknown`, ask `verify` before doing it again.
 */
export const toolErrors = {
  INVALID_INPUT: {
    retryable: false,
    effect: 'none',
    meaning: 'The input is not what the tool takes; `path` says where.',
  },
  INVALID_CONFIG: {
    retryable: false,
    effect: 'none',
    meaning: "The tenant's configuration is not what the connector takes.",
  },
  NOT_FOUND: { retryable: false, effect: 'none', meaning: 'The other side has no such object.' },
  CONFLICT: {
    retryable: false,
    effect: 'none',
    meaning: 'The object has changed since, or another one is in the way.',
  },
  STALE: { retryable: false, effect: 'none', meaning: 'What the preview saw is no longer so: preview again.' },
  NOT_REVERSIBLE: { retryable: false, effect: 'none', meaning: 'The tool has no way to undo what it did.' },
  OTHER_SIDE_REJECTED: { retryable: false, effect: 'none', meaning: 'The other side refused the request.' },
  OTHER_SIDE_UNAVAILABLE: { retryable: true, effect: 'unknown', meaning: 'The other side is down or failed.' },
  TIMEOUT: { retryable: true, effect: 'unknown', meaning: 'No answer came in time.' },
  CANCELLED: { retryable: true, effect: 'unknown', meaning: 'The caller gave up before the answer came.' },
  EGRESS_DENIED: {
    retryable: false,
    effect: 'none',
    meaning: 'The connector asked for a place that it may not reach.',
  },
  RESPONSE_TOO_LARGE: {
    retryable: false,
    effect: 'unknown',
    meaning: 'The other side answered with more than is allowed.',
  },
  TOOL_NOT_FOUND: { retryable: false, effect: 'none', meaning: 'The connector has no such tool.' },
  MANIFEST_INVALID: {
    retryable: false,
    effect: 'none',
    meaning: "The connector's manifest cannot be read or is wrong.",
  },
  PROTOCOL_UNSUPPORTED: { retryable: false, effect: 'none', meaning: 'Host and connector speak different protocols.' },
  CONNECTOR_CRASHED: { retryable: true, effect: 'unknown', meaning: "The connector's process ended during the call." },
  CONNECTOR_FAULT: { retryable: false, effect: 'unknown', meaning: 'The connector broke its own contract or failed.' },
} as const satisfies Record<string, { retryable: boolean; effect: Effect; meaning: string }>;

export type ToolErrorCode = keyof typeof toolErrors;

/** Whether something may have happened on the other side. */
export type Effect = 'none' | 'unknown';

/** One thing that a user can mend. */
export interface Problem {
  /** Stable code, in capitals. */
  code: string;
  /** What was wrong and what would be right, in English. */
  message: string;
  /** Where in the input, from the outside in: `['code', 'system']`. */
  path?: readonly string[];
  /** The values that the message names, for texts in other languages. */
  params?: JsonObject;
}

export interface ToolErrorOptions {
  path?: readonly string[];
  params?: JsonObject;
  /** Default by the code. */
  retryable?: boolean;
  /** Default by the code. */
  effect?: Effect;
  /** Where more than one thing is wrong. */
  problems?: readonly Problem[];
  cause?: unknown;
}

/** `throw new ToolError('NOT_FOUND', 'There is no Patient/7 ...', { path: ['patient'] })`: what a user can act on. */
export class ToolError extends Error implements Problem {
  readonly code: ToolErrorCode;
  readonly path?: readonly string[];
  readonly params?: JsonObject;
  readonly retryable: boolean;
  readonly effect: Effect;
  /** All that is wrong; this error alone where nothing else was given. */
  readonly problems: readonly Problem[];

  constructor(code: ToolErrorCode, message: string, options: ToolErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ToolError';
    this.code = code;
    this.path = options.path;
    this.params = options.params;
    this.retryable = options.retryable ?? toolErrors[code].retryable;
    this.effect = options.effect ?? toolErrors[code].effect;
    this.problems = options.problems ?? [
      { code, message, ...(options.path && { path: options.path }), ...(options.params && { params: options.params }) },
    ];
  }
}

/** A `ToolError` as it crosses the process boundary. */
export interface WireError extends Problem {
  code: ToolErrorCode;
  retryable: boolean;
  effect: Effect;
  problems: readonly Problem[];
}

export function toWire(error: ToolError): WireError {
  const { code, message, path, params, retryable, effect, problems } = error;
  return { code, message, retryable, effect, problems, ...(path && { path }), ...(params && { params }) };
}

export function fromWire({ code, message, ...options }: WireError): ToolError {
  return new ToolError(code, message, options);
}

export function isToolErrorCode(code: string): code is ToolErrorCode {
  return Object.hasOwn(toolErrors, code);
}
