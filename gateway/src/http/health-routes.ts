import { requestContext, servicePrincipal } from '@countersign/kernel';
import type { FastifyInstance } from 'fastify';
import type { Gateway } from '../gateway.ts';

/** A tenant that nobody has: a probe sees no rows. */
const nobody = '00000000-0000-0000-0000-000000000000';

/** `GET /health` answers 200 only when a query through the graph and the database is answered; `GET /metrics` Prometheus. */
export function healthRoutes(app: FastifyInstance, gateway: Gateway): void {
  app.get('/health', async (_request, reply) => {
    const probe = requestContext(servicePrincipal(nobody, 'health', []), gateway.log, { surface: 'health' });
    const { errors } = await gateway.bundle.execute({ query: '{ viewer { id } }' }, probe);
    reply.code(errors ? 503 : 200);
    return { status: errors ? 'unavailable' : 'ok', graph: gateway.bundle.version };
  });
  app.get('/metrics', async (_request, reply) => {
    reply.header('content-type', gateway.metrics.registry.contentType);
    return gateway.metrics.registry.metrics();
  });
}
