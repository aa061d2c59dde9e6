import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Directory, DirectoryGroup, GroupReading } from './directory.ts';
import { assertMatch, etagOf, isKnown } from './etag.ts';
import { groupTerms } from './filter-attributes.ts';
import { groupChange } from './group-patch.ts';
import { groupLocation, groupResource, readGroup } from './group-resource.ts';
import { parseListQuery, parseProjection, searchParameters } from './list-query.ts';
import { listResponse, sendScim } from './message.ts';
import { readPatch } from './patch-request.ts';
import { type Projection, project, wants } from './projection.ts';
import { noSuch } from './scim-error.ts';
import type { ScimService } from './service.ts';

interface OfOne {
  Params: { id: string };
}

/** Room for 25,000 members with name and address. */
const bodyLimit = 8 * 1024 * 1024;

/** `/Groups`: RFC 7644 3.3 to 3.6. Members are read only for those who want to see them. */
export function groupRoutes(scim: FastifyInstance, service: ScimService): void {
  scim.get('/Groups', (request, reply) => list(request, reply, request.query));
  scim.post('/Groups/.search', (request, reply) => list(request, reply, searchParameters(request.body)));

  scim.post('/Groups', { bodyLimit }, async (request, reply) => {
    const projection = parseProjection(request.query);
    const group = await service.directory(request).createGroup(readGroup(request.body), reading(projection));
    reply.header('location', groupLocation(group.id, service.base(request)));
    return show(request, reply, group, projection, 201);
  });

  scim.get<OfOne>('/Groups/:id', async (request, reply) => {
    const projection = parseProjection(request.query);
    const group = await existing(service.directory(request), request.params.id, reading(projection));
    if (!isKnown(request.headers['if-none-match'], group.version)) return show(request, reply, group, projection);
    return reply.code(304).header('etag', etagOf(group.version)).send();
  });

  scim.put<OfOne>('/Groups/:id', { bodyLimit }, async (request, reply) => {
    const projection = parseProjection(request.query);
    const directory = service.directory(request);
    const input = readGroup(request.body);
    const version = await matched(request, directory);
    const group = await directory.replaceGroup(request.params.id, input, reading(projection), version);
    return show(request, reply, group, projection);
  });

  /** Answers 204: members are not read back, unless the client names attributes that it wants to see. */
  scim.patch<OfOne>('/Groups/:id', { bodyLimit }, async (request, reply) => {
    const { id } = request.params;
    const projection = parseProjection(request.query);
    const directory = service.directory(request);
    const change = groupChange(id, readPatch(request.body));
    const version = await matched(request, directory);
    const changesNothing = Object.keys(change).length === 0;
    const changed = changesNothing
      ? await existing(directory, id, { members: false })
      : await directory.changeGroup(id, change, version);
    if (projection.attributes) {
      const group = wants(projection, 'members') ? await existing(directory, id, { members: true }) : changed;
      return show(request, reply, group, projection);
    }
    return reply.code(204).header('etag', etagOf(changed.version)).send();
  });

  scim.delete<OfOne>('/Groups/:id', async (request, reply) => {
    const directory = service.directory(request);
    await directory.deleteGroup(request.params.id, await matched(request, directory));
    return reply.code(204).send();
  });

  async function list(request: FastifyRequest, reply: FastifyReply, parameters: unknown): Promise<FastifyReply> {
    const { query, startIndex, projection } = parseListQuery(parameters, groupTerms);
    const { total, groups } =
      query === 'nothing'
        ? { total: 0, groups: [] }
        : await service.directory(request).findGroups(query, reading(projection));
    const base = service.base(request);
    const resources = groups.map((group) => project(groupResource(group, base), projection));
    return sendScim(reply, 200, listResponse(total, startIndex, resources));
  }

  function show(
    request: FastifyRequest,
    reply: FastifyReply,
    group: DirectoryGroup,
    projection: Projection,
    status = 200,
  ): FastifyReply {
    reply.header('etag', etagOf(group.version));
    return sendScim(reply, status, project(groupResource(group, service.base(request)), projection));
  }
}

const reading = (projection: Projection): GroupReading => ({ members: wants(projection, 'members') });

/** The version that the change is for, where `If-Match` names one. Throws 412 when the group is at another. */
async function matched(request: FastifyRequest<OfOne>, directory: Directory): Promise<number | undefined> {
  const ifMatch = request.headers['if-match'];
  if (ifMatch === undefined) return undefined;
  const { version } = await existing(directory, request.params.id, { members: false });
  assertMatch(ifMatch, version);
  return version;
}

async function existing(directory: Directory, id: string, read: GroupReading): Promise<DirectoryGroup> {
  const group = await directory.group(id, read);
  if (group) return group;
  throw noSuch('group');
}
