import { CountersignError } from '@countersign/kernel';
import type { FastifyReply } from 'fastify';
import type { Gateway } from '../gateway.ts';

/** Answers a refusal in GraphQL's shape, also where no operation was reached. Nothing internal leaves. */
export function sendError(reply: FastifyReply, error: unknown, gateway: Gateway): FastifyReply {
  const known = toKnown(error);
  gateway.metrics.refusals.inc({ code: known.code });
  if (known.code === 'INTERNAL_ERROR') gateway.log.error({ err: error }, 'A request failed');
  if (known.code === 'UNAUTHENTICATED') reply.header('www-authenticate', 'Bearer');
  return reply
    .code(known.status)
    .header('content-type', 'application/json; charset=utf-8')
    .send(
      JSON.stringify({ errors: [{ message: known.message, extensions: { code: known.code, ...known.extensions } }] }),
    );
}

function toKnown(error: unknown): CountersignError {
  if (error instanceof CountersignError) return error;
  const { code, statusCode } = error instanceof Error ? (error as Error & { code?: string; statusCode?: number }) : {};
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new CountersignError('QUERY_TOO_LARGE', 'The request is larger than the 4 MiB allowed.');
  }
  if (
    code === 'FST_ERR_CTP_INVALID_JSON_BODY' ||
    code === 'FST_ERR_CTP_EMPTY_JSON_BODY' ||
    error instanceof SyntaxError
  ) {
    return new CountersignError('BAD_REQUEST', 'The body is not JSON; send {"query": "...", "variables": {...}}.');
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new CountersignError('BAD_REQUEST', (error as Error).message); // Fastify's own words on the request.
  }
  return new CountersignError('INTERNAL_ERROR', 'Something went wrong on our side.');
}
