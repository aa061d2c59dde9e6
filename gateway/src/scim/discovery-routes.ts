import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { largestPage } from './list-query.ts';
import { type JsonObject, listResponse, resourceSchema, sendScim } from './message.ts';
import { schemaDocuments } from './schema-documents.ts';
import { ScimError } from './scim-error.ts';
import type { ScimService } from './service.ts';

/** What a client can find out about the service: RFC 7644 section 4. */
export function discoveryRoutes(scim: FastifyInstance, service: ScimService): void {
  scim.get('/ServiceProviderConfig', (request, reply) =>
    one(request, reply, serviceProviderConfig(service.base(request))),
  );
  catalogue('/ResourceTypes', resourceTypes);
  catalogue('/Schemas', (base) => schemaDocuments(service.attributes, base));

  function catalogue(url: string, documents: (base: string) => readonly (JsonObject & { id: string })[]): void {
    scim.get(url, (request, reply) => {
      const all = documents(service.base(request));
      return one(request, reply, listResponse(all.length, 1, all));
    });
    scim.get<{ Params: { id: string } }>(`${url}/:id`, (request, reply) => {
      const found = documents(service.base(request)).find(({ id }) => id === request.params.id);
      if (found) return one(request, reply, found);
      throw new ScimError(404, `There is no "${request.params.id}" in ${url}.`);
    });
  }
}

function one(request: FastifyRequest, reply: FastifyReply, document: JsonObject): FastifyReply {
  // A client must not believe that a filter was applied: RFC 7644 section 4.
  const filtered = typeof request.query === 'object' && request.query !== null && 'filter' in request.query;
  if (filtered) throw new ScimError(403, 'This address has no filter.');
  return sendScim(reply, 200, document);
}

/** RFC 7643 section 5. */
const serviceProviderConfig = (base: string): JsonObject => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: largestPage },
  changePassword: { supported: false },
  sort: { supported: true },
  etag: { supported: true },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'Bearer token',
      description: 'An API key of the tenant, in the header Authorization: Bearer KEY.',
      specUri: 'https://www.rfc-editor.org/info/rfc6750',
      primary: true,
    },
  ],
  meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
});

/** RFC 7643 section 6. */
const resourceTypes = (base: string): readonly (JsonObject & { id: string })[] => [
  {
    schemas: [resourceTypeSchema],
    id: 'User',
    name: 'User',
    endpoint: '/Users',
    description: 'People who may sign in.',
    schema: resourceSchema.user,
    schemaExtensions: [{ schema: resourceSchema.enterpriseUser, required: false }],
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/User` },
  },
  {
    schemas: [resourceTypeSchema],
    id: 'Group',
    name: 'Group',
    endpoint: '/Groups',
    description: 'Groups of people, which roles can be given to.',
    schema: resourceSchema.group,
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/Group` },
  },
];

const resourceTypeSchema = 'urn:ietf:params:scim:schemas:core:2.0:ResourceType';
