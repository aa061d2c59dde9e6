import { CountersignError } from '@countersign/kernel';
import Fastify, { type FastifyInstance } from 'fastify';
import type { AttributeMapping } from './attribute-mapping.ts';
import type { Directory } from './directory.ts';
import { MemoryDirectory } from './memory-directory.fixture.ts';
import { scimRoutes } from './routes.ts';

export const user = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const group = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** As it came, to look for what must not be in it. */
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into by expectations alone.
  readonly body: any;
}

type Headers = Record<string, string>;

/** A SCIM client with a token, and the server and directory behind it. */
export interface ScimClient {
  readonly app: FastifyInstance;
  readonly directory: MemoryDirectory;
  /** What the server called its own fault. */
  readonly faults: unknown[];
  get(path: string, headers?: Headers): Promise<Answer>;
  /** Objects are sent as JSON, text as it is. */
  send(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, headers?: Headers): Promise<Answer>;
  patch(path: string, ...operations: unknown[]): Promise<Answer>;
  /** Creates a user and answers the id. */
  someone(userName: string, more?: object): Promise<string>;
  filtered(resource: 'Users' | 'Groups', filter: string): Promise<Answer>;
}

export const token = 'tenants-own-key';

export const everything: AttributeMapping = {
  ...{ department: 'department', manager: 'managerId', employeeNumber: 'badge', costCenter: 'costCenter' },
  ...{ organization: 'company', division: 'division', title: 'title', userType: 'userType', email: 'mail' },
};

export function scimClient(
  attributes: AttributeMapping = everything,
  directoryFor?: (directory: MemoryDirectory) => Directory,
): ScimClient {
  const directory = new MemoryDirectory();
  const faults: unknown[] = [];
  const app = Fastify({ bodyLimit: 4 * 1024 * 1024, exposeHeadRoutes: true });
  scimRoutes(app, {
    attributes,
    baseUrl: 'https://graph.example/',
    onFault: (error) => faults.push(error),
    directoryFor: async (authorization) => {
      if (authorization === 'Bearer reader') throw new CountersignError('FORBIDDEN', 'This key may not provision.');
      if (authorization !== `Bearer ${token}`) throw new CountersignError('UNAUTHENTICATED', 'Send a token.');
      return directoryFor ? directoryFor(directory) : directory;
    },
  });
  const call = async (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    headers = {},
  ) => {
    const response = await app.inject({
      method,
      url: `/scim/v2${path}`,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/scim+json',
        ...(body !== undefined && { 'content-type': 'application/scim+json; charset=utf-8' }),
        ...headers,
      },
      ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return {
      status: response.statusCode,
      headers: response.headers,
      text: response.body,
      body: response.body === '' ? undefined : response.json(),
    };
  };
  return {
    app,
    directory,
    faults,
    get: (path, headers) => call('GET', path, undefined, headers),
    send: call,
    patch: (path, ...Operations) => call('PATCH', path, { schemas: [patchOp], Operations }),
    someone: async (userName, more) => {
      const { body } = await call('POST', '/Users', { schemas: [user], userName, ...more });
      return body.id;
    },
    filtered: (resource, filter) => call('GET', `/${resource}?filter=${encodeURIComponent(filter)}`),
  };
}
