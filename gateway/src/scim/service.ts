import type { FastifyRequest } from 'fastify';
import type { AttributeMapping } from './attribute-mapping.ts';
import type { Directory } from './directory.ts';

/** What the routes of one type of resource need. */
export interface ScimService {
  readonly attributes: AttributeMapping;
  directory(request: FastifyRequest): Directory;
  /** The address of the service, `https://graph.example/scim/v2`. */
  base(request: FastifyRequest): string;
}
