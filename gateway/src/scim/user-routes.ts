import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Directory, DirectoryProblem, type DirectoryUser, type UserInput } from './directory.ts';
import { assertMatch, etagOf, isKnown } from './etag.ts';
import { userTerms } from './filter-attributes.ts';
import { parseListQuery, parseProjection, searchParameters } from './list-query.ts';
import { listResponse, sendScim } from './message.ts';
import { readPatch } from './patch-request.ts';
import { project } from './projection.ts';
import { noSuch, ScimError } from './scim-error.ts';
import type { ScimService } from './service.ts';
import { isSame, readUser, userInput } from './user-draft.ts';
import { patchUser } from './user-patch.ts';
import { userLocation, userResource } from './user-resource.ts';

interface OfOne {
  Params: { id: string };
}

const bodyLimit = 1024 * 1024;
const attempts = 3;

/** `/Users`: RFC 7644 3.3 to 3.6. */
export function userRoutes(scim: FastifyInstance, service: ScimService): void {
  const { attributes } = service;
  const terms = userTerms(attributes);

  scim.get('/Users', (request, reply) => list(request, reply, request.query));
  scim.post('/Users/.search', { bodyLimit }, (request, reply) => list(request, reply, searchParameters(request.body)));

  scim.post('/Users', { bodyLimit }, async (request, reply) => {
    const user = await service.directory(request).createUser(userInput(readUser(request.body), attributes));
    reply.header('location', userLocation(user.id, service.base(request)));
    return show(request, reply, user, 201);
  });

  scim.get<OfOne>('/Users/:id', async (request, reply) => {
    const user = await existing(service.directory(request), request.params.id);
    if (!isKnown(request.headers['if-none-match'], user.version)) return show(request, reply, user);
    return reply.code(304).header('etag', etagOf(user.version)).send();
  });

  scim.put<OfOne>('/Users/:id', { bodyLimit }, async (request, reply) => {
    const draft = readUser(request.body);
    return show(request, reply, await rewrite(request, (user) => userInput(draft, attributes, user)));
  });

  scim.patch<OfOne>('/Users/:id', { bodyLimit }, async (request, reply) => {
    const operations = readPatch(request.body);
    return show(request, reply, await rewrite(request, (user) => patchUser(user, operations, attributes)));
  });

  scim.delete<OfOne>('/Users/:id', async (request, reply) => {
    const directory = service.directory(request);
    const ifMatch = request.headers['if-match'];
    let version: number | undefined;
    if (ifMatch !== undefined) {
      version = (await existing(directory, request.params.id)).version;
      assertMatch(ifMatch, version);
    }
    await directory.deleteUser(request.params.id, version);
    return reply.code(204).send();
  });

  async function list(request: FastifyRequest, reply: FastifyReply, parameters: unknown): Promise<FastifyReply> {
    const { query, startIndex, projection } = parseListQuery(parameters, terms);
    const { total, users } =
      query === 'nothing' ? { total: 0, users: [] } : await service.directory(request).findUsers(query);
    const base = service.base(request);
    const resources = users.map((user) => project(userResource(user, attributes, base), projection));
    return sendScim(reply, 200, listResponse(total, startIndex, resources));
  }

  function show(request: FastifyRequest, reply: FastifyReply, user: DirectoryUser, status = 200): FastifyReply {
    const resource = userResource(user, attributes, service.base(request));
    reply.header('etag', etagOf(user.version));
    return sendScim(reply, status, project(resource, parseProjection(request.query)));
  }

  /** Reads, changes and writes; when somebody else wrote in between, again. What changes nothing is not written. */
  async function rewrite(
    request: FastifyRequest<OfOne>,
    change: (user: DirectoryUser) => UserInput,
  ): Promise<DirectoryUser> {
    const directory = service.directory(request);
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const user = await existing(directory, request.params.id);
      assertMatch(request.headers['if-match'], user.version);
      const input = change(user);
      if (isSame(user, input, attributes)) return user;
      try {
        return await directory.replaceUser(user.id, input, user.version);
      } catch (error) {
        if (!(error instanceof DirectoryProblem) || error.kind !== 'versionMismatch') throw error;
      }
    }
    throw new ScimError(409, 'The user is being changed by others all the time. Try again.');
  }
}

async function existing(directory: Directory, id: string): Promise<DirectoryUser> {
  const user = await directory.user(id);
  if (user) return user;
  throw noSuch('user');
}
