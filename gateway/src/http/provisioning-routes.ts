import { CountersignError, holds } from '@countersign/kernel';
import type { FastifyInstance } from 'fastify';
import type { Gateway } from '../gateway.ts';
import { type AttributeMapping, scimRoutes } from '../scim/index.ts';

const permission = 'tenants:directory:provision';

/** What of a directory's attributes is kept, under its own name, where the tenant's attribute schema has one of it. */
const attributes: AttributeMapping = {
  department: 'department',
  division: 'division',
  organization: 'organization',
  costCenter: 'costCenter',
  employeeNumber: 'employeeNumber',
  manager: 'manager',
  title: 'title',
};

/** SCIM for whoever may provision people: most often an API key that the tenant gave its identity provider. */
export function provisioningRoutes(app: FastifyInstance, gateway: Gateway): void {
  const { authenticator, directoryOf, log, publicUrl } = gateway;
  scimRoutes(app, {
    directoryFor: async (authorization) => {
      const caller = await authenticator.authenticate(authorization);
      if (holds(caller, permission)) return directoryOf(caller);
      throw new CountersignError('FORBIDDEN', `This needs the permission ${permission}, which you do not hold.`);
    },
    baseUrl: publicUrl,
    attributes,
    onFault: (error) => log.error({ err: error }, 'A provisioning request failed'),
  });
}
