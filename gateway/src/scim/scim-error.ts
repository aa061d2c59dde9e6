import { CountersignError } from '@countersign/kernel';
import type { FastifyReply } from 'fastify';
import { DirectoryProblem, type DirectoryProblemKind } from './directory.ts';
import { messageSchema, sendScim } from './message.ts';

/** The words of RFC 7644 3.12, table 9. */
export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue';

/** A refusal in SCIM's terms. The message is shown to the caller. */
export class ScimError extends Error {
  readonly status: number;
  readonly scimType: ScimType | undefined;

  constructor(status: number, message: string, scimType?: ScimType) {
    super(message);
    this.name = 'ScimError';
    this.status = status;
    this.scimType = scimType;
  }
}

export const badRequest = (scimType: ScimType, message: string): ScimError => new ScimError(400, message, scimType);

export const noSuch = (resource: 'user' | 'group'): ScimError => new ScimError(404, `There is no such ${resource}.`);

/** Answers an error as RFC 7644 3.12 has it. `onFault` hears of what is our own fault; the caller never sees it. */
export function sendScimError(reply: FastifyReply, error: unknown, onFault?: (error: unknown) => void): FastifyReply {
  const known = toKnown(error);
  if (known.status >= 500) onFault?.(error);
  if (known.status === 401) reply.header('www-authenticate', 'Bearer');
  return sendScim(reply, known.status, {
    schemas: [messageSchema.error],
    status: String(known.status),
    ...(known.scimType && { scimType: known.scimType }),
    detail: known.message,
  });
}

function toKnown(error: unknown): ScimError {
  if (error instanceof ScimError) return error;
  if (error instanceof DirectoryProblem) return ofDirectory[error.kind](error.message);
  if (error instanceof CountersignError) {
    return error.status < 500 || error.code === 'UPSTREAM_UNAVAILABLE'
      ? new ScimError(error.status, error.message, error.code === 'BAD_REQUEST' ? 'invalidValue' : undefined)
      : fault;
  }
  const { code, statusCode } = error instanceof Error ? (error as Error & { code?: string; statusCode?: number }) : {};
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new ScimError(413, 'The request is larger than allowed.');
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new ScimError(415, 'Send application/scim+json or application/json.');
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new ScimError(
      statusCode,
      'The request is not well formed.',
      statusCode === 400 ? 'invalidSyntax' : undefined,
    );
  }
  return fault;
}

const fault = new ScimError(500, 'Something went wrong on our side.');

const ofDirectory: Record<DirectoryProblemKind, (message: string) => ScimError> = {
  uniqueness: (message) => new ScimError(409, message, 'uniqueness'),
  notFound: (message) => new ScimError(404, message),
  invalidValue: (message) => badRequest('invalidValue', message),
  invalidFilter: (message) => badRequest('invalidFilter', message),
  mutability: (message) => badRequest('mutability', message),
  versionMismatch: (message) => new ScimError(412, message),
  tooMany: (message) => badRequest('tooMany', message),
  forbidden: (message) => new ScimError(403, message),
};
