import { HeaderMap } from '@apollo/server';
import { CountersignError, inSpan, type RequestContext, requestContext } from '@countersign/kernel';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Gateway } from '../gateway.ts';
import { callerOf, originOf } from './caller.ts';
import { sendError } from './errors.ts';
import { streamEvents, wantsEvents } from './event-stream.ts';

/** `GET` and `POST /graphql`, as the GraphQL-over-HTTP specification has it. */
export function graphqlRoute(app: FastifyInstance, gateway: Gateway): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    handler: async (request, reply) => {
      if (wantsEvents(request)) return streamEvents(request, reply, gateway);
      let context: RequestContext;
      try {
        context = await authenticate(request, gateway);
      } catch (error) {
        return sendError(reply, error, gateway);
      }
      return answer(request, reply, gateway, context);
    },
  });
}

async function authenticate(request: FastifyRequest, gateway: Gateway): Promise<RequestContext> {
  const signed = gateway.signedCaller(request.headers, request.rawBody ?? '');
  if (signed) return requestContext(signed.principal, gateway.log, signed.origin);
  const principal = await callerOf(request, gateway);
  return requestContext(principal, gateway.log, originOf(request.headers));
}

async function answer(request: FastifyRequest, reply: FastifyReply, gateway: Gateway, context: RequestContext) {
  const { bundle } = gateway; // Whoever begins on a version of the graph finishes on it.
  const operation = operationName(request);
  const stop = gateway.metrics.operations.startTimer({ operation });
  const { status, headers, body } = await inSpan('graphql', { operation, tenant: context.principal.tenantId }, () =>
    bundle.server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: request.method,
        headers: headersOf(request),
        search: new URL(request.url, 'http://localhost').search,
        body: request.body ?? '',
      },
      context: async () => context,
    }),
  );
  if (body.kind !== 'complete') throw new CountersignError('INTERNAL_ERROR', 'Incremental delivery is not offered.');
  stop({ outcome: body.string.startsWith('{"errors"') ? 'error' : 'ok' });
  for (const [name, value] of headers) reply.header(name, value);
  reply.header('x-correlation-id', context.correlationId);
  return reply.code(status ?? 200).send(body.string);
}

function headersOf(request: FastifyRequest): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}

/** The operation's name as a metric's label: only names that look like names, so that nobody floods the metrics. */
function operationName(request: FastifyRequest): string {
  const name =
    typeof request.body === 'object' && request.body !== null && 'operationName' in request.body
      ? request.body.operationName
      : undefined;
  return typeof name === 'string' && /^\w{1,64}$/.test(name) ? name : 'anonymous';
}
