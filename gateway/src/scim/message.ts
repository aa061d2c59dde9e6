import type { FastifyReply } from 'fastify';

/** The URNs of messages and resources: RFC 7643 section 10, RFC 7644 section 8. */
export const messageSchema = {
  list: 'urn:ietf:params:scim:api:messages:2.0:ListResponse',
  search: 'urn:ietf:params:scim:api:messages:2.0:SearchRequest',
  patch: 'urn:ietf:params:scim:api:messages:2.0:PatchOp',
  error: 'urn:ietf:params:scim:api:messages:2.0:Error',
} as const;

export const resourceSchema = {
  user: 'urn:ietf:params:scim:schemas:core:2.0:User',
  enterpriseUser: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  group: 'urn:ietf:params:scim:schemas:core:2.0:Group',
} as const;

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function sendScim(reply: FastifyReply, status: number, body: JsonObject): FastifyReply {
  return reply.code(status).header('content-type', 'application/scim+json; charset=utf-8').send(JSON.stringify(body));
}

/** RFC 7644 3.4.2. */
export const listResponse = (total: number, startIndex: number, resources: readonly JsonObject[]): JsonObject => ({
  schemas: [messageSchema.list],
  totalResults: total,
  startIndex,
  itemsPerPage: resources.length,
  Resources: resources,
});

/** Whether a body says that it is of the schema. URNs are compared whatever the case. */
export function saysSchema(body: JsonObject, urn: string): boolean {
  const { schemas } = body;
  return Array.isArray(schemas) && schemas.some((each) => String(each).toLowerCase() === urn.toLowerCase());
}
