import { CountersignError } from '@countersign/kernel';
import type { FastifyInstance } from 'fastify';
import { type Demo, demoOperator } from '../authentication/demo.ts';

/** Lets the playground sign in as the demo's people. Not there outside demo mode. */
export function demoRoutes(app: FastifyInstance, { issuer, users }: Demo): void {
  app.get('/demo/users', async () => users.map(({ email, tenant, roles }) => ({ email, tenant, roles })));
  app.post<{ Body: { email?: string } | undefined }>('/demo/token', async (request) => {
    if (request.body?.email === demoOperator) return issuer.signOperator(demoOperator);
    const user = users.find((each) => each.email === request.body?.email);
    if (!user) throw new CountersignError('NOT_FOUND', 'The demo has no such person; GET /demo/users lists them.');
    return issuer.sign(user.email, user.tenantId);
  });
}
