import { requestContext, servicePrincipal } from '@countersign/kernel';
import type { FastifyInstance } from 'fastify';
import { nobody } from '../authentication/nobody.ts';
import type { Gateway } from '../gateway.ts';

/** `GET /health` answers 200 only when a query through the graph and the database is answered; `GET /metrics` Prometheus. */
export function healthRoutes(app: FastifyInstance, gateway: Gateway): void {
  app.get('/health', async (_request, reply) => {
    // Asked as a person whom nobody is: the query goes all the way to the database and finds nothing.
    const principal = { ...servicePrincipal(nobody, nobody, []), kind: 'user' as const };
    const probe = requestContext(principal, gateway.log, { surface: 'health' });
    const { errors } = await gateway.bundle.execute({ query: '{ viewer { id } }' }, probe);
    reply.code(errors ? 503 : 200);
    return { status: errors ? 'unavailable' : 'ok', graph: gateway.bundle.version };
  });
  app.get('/metrics', async (_request, reply) => {
    reply.header('content-type', gateway.metrics.registry.contentType);
    return gateway.metrics.registry.metrics();
  });
}
