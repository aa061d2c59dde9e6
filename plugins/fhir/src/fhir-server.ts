import { type HttpRequest, type HttpResponse, ToolError } from '@countersign/plugin-sdk';
import type { Bundle, Resource } from '@medplum/fhirtypes';
import { refusal } from './refusal.ts';

/** How a resource is reached: the tenant's server, and the host's HTTP. */
export interface FhirServer {
  readonly baseUrl: string;
  readonly http: (request: HttpRequest) => Promise<HttpResponse>;
}

/** A stored resource. */
export type Stored<T extends Resource> = T & { id: string };

/**
 * Null when it is not there, or no longer (FHIR R4 http.html#read).
 * @throws ToolError as `refusal` has it
 */
export async function read<T extends Resource>(
  server: FhirServer,
  type: T['resourceType'],
  id: string,
): Promise<Stored<T> | null> {
  const what = `${type}/${id}`;
  const response = await send(server, { url: what });
  if (response.status === 404 || response.status === 410) return null;
  return resourceOf<T>(server, response, type, `Reading ${what}`);
}

/** Resources that carry an identifier, as far as the server's index knows of them (FHIR R4 search.html#token). */
export async function findByIdentifier<T extends Resource & { identifier?: { system?: string; value?: string }[] }>(
  server: FhirServer,
  type: T['resourceType'],
  identifier: { system: string; value: string },
): Promise<Stored<T>[]> {
  const response = await send(server, { url: `${type}?${identifierQuery(identifier)}` });
  const bundle = await resourceOf<Bundle>(server, response, 'Bundle', `Searching for a ${type}`);
  const found = (bundle.entry ?? []).map((entry) => entry.resource);
  // A server that does not know a parameter may pass over it and return everything.
  return found.filter((resource): resource is Stored<T> => {
    if (resource?.resourceType !== type || !resource.id) return false;
    const { identifier: carried = [] } = resource as T;
    return carried.some(({ system, value }) => system === identifier.system && value === identifier.value);
  });
}

/**
 * Conditional create (FHIR R4 http.html#ccreate): the server makes it only when no resource carries the identifier, and
 * otherwise answers with the one that does.
 */
export async function createOnce<T extends Resource>(
  server: FhirServer,
  resource: T,
  identifier: { system: string; value: string },
): Promise<{ resource: Stored<T>; created: boolean }> {
  const type = resource.resourceType;
  const response = await send(server, {
    method: 'POST',
    url: type,
    headers: { 'if-none-exist': identifierQuery(identifier), prefer: 'return=representation' },
    body: JSON.stringify(resource),
  });
  if (response.status === 412) {
    const message = `More than one ${type} carries the identifier ${identifier.value}: an order was made twice by others.`;
    throw new ToolError('CONFLICT', message, { params: { identifier: identifier.value } });
  }
  const created = response.status === 201;
  return { resource: await storedOf<T>(server, response, type, `Creating the ${type}`), created };
}

/** Updates exactly the version that was read (FHIR R4 http.html#concurrency); null when there is a newer one. */
export async function updateVersion<T extends Resource>(
  server: FhirServer,
  resource: Stored<T>,
  versionId: string,
): Promise<Stored<T> | null> {
  const what = `${resource.resourceType}/${resource.id}`;
  const response = await send(server, {
    method: 'PUT',
    url: what,
    headers: { 'if-match': `W/"${versionId}"`, prefer: 'return=representation' },
    body: JSON.stringify(resource),
  });
  if (response.status === 409 || response.status === 412) return null;
  return storedOf<T>(server, response, resource.resourceType, `Updating ${what}`);
}

/**
 * The versions of a resource, newest first; null when the server keeps none, or does not give them all at once
 * (FHIR R4 http.html#history).
 */
export async function versions<T extends Resource>(
  server: FhirServer,
  type: T['resourceType'],
  id: string,
): Promise<Stored<T>[] | null> {
  const response = await send(server, { url: `${type}/${id}/_history?_count=1000` });
  if (response.status >= 400 && response.status < 500) return null;
  const bundle = await resourceOf<Bundle>(server, response, 'Bundle', `Reading the history of ${type}/${id}`);
  if (bundle.link?.some((link) => link.relation === 'next')) return null;
  const found = (bundle.entry ?? []).map((entry) => entry.resource);
  return found.filter((resource): resource is Stored<T> => resource?.resourceType === type && resource.id === id);
}

const FHIR_JSON = 'application/fhir+json';

function send(server: FhirServer, request: HttpRequest): Promise<HttpResponse> {
  const headers: Record<string, string> = { accept: FHIR_JSON, ...request.headers };
  if (request.body !== undefined) headers['content-type'] = FHIR_JSON;
  return server.http({ ...request, url: `${server.baseUrl}/${request.url}`, headers });
}

/** What a write answered with; read again where the server sent no body (`Prefer` is a wish). */
async function storedOf<T extends Resource>(
  server: FhirServer,
  response: HttpResponse,
  type: T['resourceType'],
  doing: string,
): Promise<Stored<T>> {
  if (response.status >= 300 || response.body.byteLength > 0) return resourceOf<T>(server, response, type, doing);
  const location = response.headers.location ?? response.headers['content-location'] ?? '';
  const id = new RegExp(`${type}/([A-Za-z0-9.-]{1,64})(/_history/|$)`).exec(location)?.[1];
  const stored = id === undefined ? null : await read<T>(server, type, id);
  if (stored) return stored;
  const message = `${doing}: the FHIR server at ${server.baseUrl} answered ${response.status} and did not say what it made.`;
  throw new ToolError('OTHER_SIDE_REJECTED', message, { effect: 'unknown' });
}

function resourceOf<T extends Resource>(
  server: FhirServer,
  response: HttpResponse,
  type: T['resourceType'],
  doing: string,
): Stored<T> {
  const body = parse(response);
  if (response.status < 200 || response.status > 299) throw refusal(server, response, body, doing);
  if (!isResource<T>(body, type)) {
    const message = `${doing}: the server at ${server.baseUrl} answered with something that is no ${type}. Is it a FHIR R4 base URL?`;
    throw new ToolError('OTHER_SIDE_REJECTED', message, { effect: 'unknown' });
  }
  return body;
}

function parse(response: HttpResponse): unknown {
  try {
    return response.json();
  } catch {
    return undefined;
  }
}

/** Enough to tell what it is; what stands in it is the server's word. */
function isResource<T extends Resource>(body: unknown, type: T['resourceType']): body is Stored<T> {
  if (typeof body !== 'object' || body === null || !('resourceType' in body) || body.resourceType !== type)
    return false;
  return type === 'Bundle' || ('id' in body && typeof body.id === 'string');
}

/** Neither part may hold what separates values in a search (FHIR R4 search.html#escaping): servers differ in that. */
function identifierQuery({ system, value }: { system: string; value: string }): string {
  return `identifier=${encodeURIComponent(system)}|${encodeURIComponent(value)}`;
}
