import type { IncomingMessage, ServerResponse } from 'node:http';
import { badRequest, getStatus, isResourceType, notFound, OperationOutcomeError } from '@medplum/core';
import { FhirRouter, type HttpMethod } from '@medplum/fhir-router';
import type { Bundle, OperationOutcome, Resource } from '@medplum/fhirtypes';
import { capabilityStatement } from './capability.ts';
import type { JournaledRepository } from './repository.ts';

/** An answer that has been worked out and not yet sent. */
export interface FhirAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Resource;
}

/** The largest body that is read, in bytes. */
const MAX_BODY = 1_048_576;
const METHODS: readonly HttpMethod[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const JSON_TYPES = ['application/fhir+json', 'application/json', 'application/json-patch+json'];
const FORM = 'application/x-www-form-urlencoded';

const router = new FhirRouter();
const startedAt = new Date();

/**
 * The FHIR R4 RESTful API of one tenant (http.html).
 * @param path what follows the base URL, with its query: `Patient/maria-lindqvist`, `ServiceRequest?subject=...`
 */
export async function answerFhir(
  request: IncomingMessage,
  repository: JournaledRepository,
  baseUrl: string,
  path: string,
): Promise<FhirAnswer> {
  try {
    return await route(request, repository, baseUrl, path);
  } catch (error) {
    if (error instanceof OperationOutcomeError) return outcomeAnswer(error.outcome);
    if (error instanceof UnreadableBody) return outcomeAnswer(badRequest(error.message), error.status);
    process.stderr.write(`${request.method} ${path}: ${error instanceof Error ? error.stack : error}\n`);
    return outcomeAnswer(serverFault('The server failed. Its log says why'), 500);
  }
}

export function send(response: ServerResponse, answer: FhirAnswer, withBody = true): void {
  const text = JSON.stringify(answer.body);
  response.writeHead(answer.status, {
    'Content-Type': 'application/fhir+json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    ...answer.headers,
  });
  response.end(withBody ? text : undefined);
}

export function serverFault(text: string): OperationOutcome {
  return { resourceType: 'OperationOutcome', issue: [{ severity: 'fatal', code: 'exception', details: { text } }] };
}

export function outcomeAnswer(outcome: OperationOutcome, status = getStatus(outcome)): FhirAnswer {
  return { status, headers: {}, body: outcome };
}

async function route(
  request: IncomingMessage,
  repository: JournaledRepository,
  baseUrl: string,
  path: string,
): Promise<FhirAnswer> {
  const method = METHODS.find((name) => name === (request.method === 'HEAD' ? 'GET' : request.method));
  if (!method) return outcomeAnswer(badRequest(`${request.method} is not supported`), 405);
  const [type = ''] = path.split(/[/?]/, 1);
  if (type === 'metadata' && method === 'GET') {
    return { status: 200, headers: {}, body: capabilityStatement(baseUrl, startedAt) };
  }
  if (type === '' && method === 'GET') return outcomeAnswer(badRequest('Search one type: /Patient?name=...'));
  if (type !== '' && !isResourceType(type)) return outcomeAnswer(notFound);
  const ifMatch = request.headers['if-match'];
  if (ifMatch !== undefined && !/^(W\/)?"[^"]+"$/.test(ifMatch)) {
    return outcomeAnswer(badRequest('If-Match must be one version, such as W/"3"'));
  }

  const body = method === 'GET' || method === 'DELETE' ? undefined : await readBody(request);
  if (type === '' && isTransaction(body)) {
    return outcomeAnswer(badRequest('Transactions are not supported: send the entries as a batch'));
  }
  const isCreateByPut = method === 'PUT' && !knowsTarget(repository, path);
  const work = () =>
    router.handleRequest(
      { method, url: path, pathname: '', params: {}, query: {}, body, headers: request.headers },
      repository,
    );
  const [outcome, resource] = await (method === 'GET' ? work() : repository.exclusive(work));
  if (!resource) return outcomeAnswer(outcome);
  const status = isCreateByPut && getStatus(outcome) === 200 ? 201 : getStatus(outcome);
  return resourceAnswer(status, resource, baseUrl, path, method !== 'GET');
}

function knowsTarget(repository: JournaledRepository, path: string): boolean {
  const [type = '', id] = path.split('?', 1)[0]?.split('/') ?? [];
  // Without an id it is a conditional update, whose outcome says itself whether it created.
  return id === undefined || repository.knows(type, id);
}

function resourceAnswer(
  status: number,
  resource: Resource,
  baseUrl: string,
  path: string,
  written: boolean,
): FhirAnswer {
  const headers: Record<string, string> = {};
  const { versionId, lastUpdated } = resource.meta ?? {};
  if (versionId) headers.ETag = `W/"${versionId}"`;
  if (lastUpdated) headers['Last-Modified'] = new Date(lastUpdated).toUTCString();
  if (written && resource.id && versionId) {
    headers.Location = `${baseUrl}/${resource.resourceType}/${resource.id}/_history/${versionId}`;
  }
  if (resource.resourceType === 'Bundle' && resource.type === 'searchset') addUrls(resource, baseUrl, path);
  return { status, headers, body: resource };
}

/** A search result says where it and each of its entries come from (FHIR R4 search.html, bundle.html). */
function addUrls(bundle: Bundle, baseUrl: string, path: string): void {
  bundle.link = [{ relation: 'self', url: `${baseUrl}/${path}` }];
  for (const entry of bundle.entry ?? []) {
    if (entry.resource) entry.fullUrl = `${baseUrl}/${entry.resource.resourceType}/${entry.resource.id}`;
  }
}

function isTransaction(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'type' in body && body.type === 'transaction';
}

class UnreadableBody extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const [contentType = ''] = (request.headers['content-type'] ?? '').split(';');
  const isForm = contentType.trim() === FORM;
  // A page in a browser cannot send these types to another origin without being asked first.
  if (!isForm && !JSON_TYPES.includes(contentType.trim())) {
    throw new UnreadableBody(415, `Content-Type must be ${JSON_TYPES.join(' or ')}`);
  }
  if (isForm && !request.url?.includes('/_search')) throw new UnreadableBody(415, 'A form can only be sent to _search');
  const text = await readText(request);
  if (isForm) return Object.fromEntries(new URLSearchParams(text));
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null) return body;
  } catch {
    // Said below, in one way for all that is not a JSON object or array.
  }
  throw new UnreadableBody(400, 'The body must be a FHIR resource as JSON');
}

export async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_BODY) throw new UnreadableBody(413, `The body must not be larger than ${MAX_BODY} bytes`);
  }
  return Buffer.concat(chunks).toString('utf8');
}
