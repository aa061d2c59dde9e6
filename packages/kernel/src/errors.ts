import { GraphQLError } from 'graphql';

/**
 * Every refusal and fault that can reach a client, with its stable code, what it means, and the HTTP status that a
 * plain HTTP route answers with. Codes are a contract: they are added, never renamed.
 */
export const errorCatalogue = {
  UNAUTHENTICATED: { status: 401, meaning: 'No token, or one that is expired, malformed or of another issuer.' },
  FORBIDDEN: { status: 403, meaning: 'The caller is known but lacks the permission.' },
  NOT_FOUND: { status: 404, meaning: 'There is no such object, or none that the caller may know of.' },
  BAD_REQUEST: { status: 400, meaning: 'The request is not well formed.' },
  BUDGET_EXCEEDED: { status: 402, meaning: "The tenant's budget for this month is spent." },
  RATE_LIMITED: { status: 429, meaning: 'Too many requests; try again after the time given.' },
  QUERY_TOO_LARGE: { status: 413, meaning: 'The request body is larger than allowed.' },
  QUERY_TOO_DEEP: { status: 400, meaning: 'The query nests deeper than allowed.' },
  QUERY_TOO_MANY_ALIASES: { status: 400, meaning: 'The query uses more aliases than allowed.' },
  QUERY_TOO_MANY_TOKENS: { status: 400, meaning: 'The query has more tokens than allowed.' },
  QUERY_TOO_COSTLY: { status: 400, meaning: 'The query could return more than allowed.' },
  TOO_MANY_SUBSCRIPTIONS: { status: 429, meaning: 'More subscriptions at once than are allowed.' },
  SUBSCRIPTION_TOO_SLOW: { status: 503, meaning: 'Events were not taken fast enough: subscribe again and read anew.' },
  SUBSCRIPTION_INTERRUPTED: {
    status: 503,
    meaning: 'The stream broke off, and something may have been missed: subscribe again and read anew.',
  },
  PORT_TAKEN: { status: 500, meaning: 'Another program listens on the port.' },
  DATA_DIR_UNWRITABLE: { status: 500, meaning: 'The data folder cannot be created or written.' },
  DATA_DIR_IN_USE: { status: 500, meaning: 'Another Countersign process uses the data folder.' },
  CONFIG_INVALID: { status: 500, meaning: 'A setting has a value that cannot be used.' },
  NESTED_TRANSACTION: { status: 500, meaning: 'Code inside a transaction tried to leave it.' },
  UPSTREAM_UNAVAILABLE: { status: 502, meaning: 'Another service did not answer, or answered with a fault.' },
  INTERNAL_ERROR: { status: 500, meaning: 'A fault of ours; the correlation id finds it in the log.' },
} as const satisfies Record<string, { status: number; meaning: string }>;

export type ErrorCode = keyof typeof errorCatalogue;

/** A refusal or fault with a stable code. Its message may be shown to the client; its `cause` never is. */
export class CountersignError extends Error {
  readonly code: ErrorCode;
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; extensions?: Record<string, unknown> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CountersignError';
    this.code = code;
    this.extensions = options.extensions ?? {};
  }

  get status(): number {
    return errorCatalogue[this.code].status;
  }
}

export const notFound = (what: string): CountersignError =>
  new CountersignError('NOT_FOUND', `There is no such ${what}, or none that you may see.`);

/** Whether an error carries the code, as Node's own do (`EADDRINUSE`), whatever realm it was made in. */
export const hasCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;

/** What a subgraph shows of an error: known ones as they are, everything else masked. */
export function maskError(error: GraphQLError, correlationId: string, report: (cause: unknown) => void): GraphQLError {
  const cause = rootCause(error);
  if (cause instanceof CountersignError) {
    return withExtensions(error, cause.message, { code: cause.code, ...cause.extensions });
  }
  // Errors without a cause of ours are GraphQL's own: parsing, validation, coercion of variables.
  if (cause instanceof GraphQLError) {
    return withExtensions(error, cause.message, { code: 'BAD_REQUEST', ...cause.extensions });
  }
  report(cause);
  return withExtensions(error, `Something went wrong on our side. Quote ${correlationId} to have it looked at.`, {
    code: 'INTERNAL_ERROR',
    correlationId,
  });
}

/** What an error of GraphQL's was made of. */
export function rootCause(error: unknown): unknown {
  let current = error;
  while (current instanceof GraphQLError && current.originalError) current = current.originalError;
  return current;
}

function withExtensions(error: GraphQLError, message: string, extensions: Record<string, unknown>): GraphQLError {
  return new GraphQLError(message, { nodes: error.nodes, path: error.path, extensions });
}
