import { mkdir, realpath } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join, resolve } from 'node:path';
import { HospitalError, systemCode } from './errors.ts';
import { delay, type Fault, faultFor, noFault, parseFault } from './faults.ts';
import { answerFhir, outcomeAnswer, readText, send, serverFault } from './fhir-http.ts';
import { HOSPITAL_SERVICE, type HospitalHealth } from './health.ts';
import { takeLock } from './lock.ts';
import { peopleOf } from './people.ts';
import { JournaledRepository } from './repository.ts';
import { loadDefinitions } from './validation.ts';

export interface HospitalOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Default 127.0.0.1: there is no sign-in, so let nobody else reach it. */
  readonly host?: string;
  /** Made when it is not there. One journal for each tenant lies in it. */
  readonly dataDir: string;
  /** Default `acme` and `globex`. */
  readonly tenants?: readonly string[];
  /** Opens `POST /_faults`. */
  readonly faults?: boolean;
}

export interface Hospital {
  /** `http://host:port`, without a slash at its end. A tenant's FHIR base is `<url>/<tenant>/fhir/R4`. */
  readonly url: string;
  /** Answers what has been asked, then lets go of port and folder. */
  close(): Promise<void>;
}

export const DEFAULT_TENANTS = ['acme', 'globex'] as const;

/**
 * Starts a FHIR R4 server with one repository for each tenant.
 * @throws HospitalError PORT_TAKEN, DATA_DIR_UNWRITABLE, DATA_DIR_IN_USE, JOURNAL_DAMAGED
 */
export async function startHospital(options: HospitalOptions): Promise<Hospital> {
  const { port, host = '127.0.0.1', tenants = DEFAULT_TENANTS, faults = false } = options;
  for (const tenant of tenants) {
    if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(tenant)) {
      throw new HospitalError('START_FAILED', `"${tenant}" cannot name a tenant: use a-z, 0-9 and -`);
    }
  }
  const dataDir = await prepareFolder(options.dataDir);
  // Before the port is open: loading holds the event loop, and a health check would wait for it.
  loadDefinitions();

  const state: State = { status: 'starting', dataDir, tenants, repositories: new Map(), faults, fault: noFault };
  const server = createServer((request, response) => void serve(request, response, state));
  const url = await listen(server, port, host);
  let release = async () => {};
  try {
    release = await takeLock(dataDir, url);
    for (const tenant of tenants) state.repositories.set(tenant, await openRepository(dataDir, tenant));
    state.status = 'ready';
  } catch (error) {
    server.closeAllConnections();
    await close(server, state, release);
    throw error;
  }
  return { url, close: () => close(server, state, release) };
}

interface State {
  status: HospitalHealth['status'];
  fault: Fault;
  readonly dataDir: string;
  readonly tenants: readonly string[];
  readonly faults: boolean;
  readonly repositories: Map<string, JournaledRepository>;
}

/** Makes the folder and returns its one true path, by which running hospitals are told apart. */
export async function prepareFolder(path: string): Promise<string> {
  try {
    await mkdir(path, { recursive: true });
    return await realpath(resolve(path));
  } catch (error) {
    throw new HospitalError('DATA_DIR_UNWRITABLE', `${path} cannot be used as a data folder (${systemCode(error)})`, {
      cause: error,
    });
  }
}

async function openRepository(dataDir: string, tenant: string): Promise<JournaledRepository> {
  const repository = await JournaledRepository.open(join(dataDir, `${tenant}.ndjson`)).catch((error: unknown) => {
    if (error instanceof HospitalError) throw error;
    throw new HospitalError('DATA_DIR_UNWRITABLE', `${dataDir} cannot be written (${systemCode(error)})`, {
      cause: error,
    });
  });
  // Whoever was there once, also if deleted since, is not brought back.
  for (const person of peopleOf(tenant)) {
    if (!repository.knows(person.resourceType, person.id)) await repository.updateResource(person);
  }
  return repository;
}

async function listen(server: Server, port: number, host: string): Promise<string> {
  await new Promise<void>((ready, fail) => {
    server.once('error', (error) => {
      const taken = systemCode(error) === 'EADDRINUSE';
      const message = taken ? `Port ${port} is taken: choose another` : `Cannot listen on ${host}:${port}`;
      fail(new HospitalError(taken ? 'PORT_TAKEN' : 'START_FAILED', message, { cause: error }));
    });
    server.listen(port, host, ready);
  });
  const address = server.address();
  const actual = typeof address === 'object' && address ? address.port : port;
  const reachable =
    host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
  return `http://${reachable}:${actual}`;
}

async function close(server: Server, state: State, release: () => Promise<void>): Promise<void> {
  if (state.status === 'stopping') return;
  state.status = 'stopping';
  const closed = new Promise((done) => server.close(done));
  server.closeIdleConnections();
  const stragglers = setTimeout(() => server.closeAllConnections(), 5_000);
  await closed;
  clearTimeout(stragglers);
  for (const repository of state.repositories.values()) await repository.close();
  await release();
}

async function serve(request: IncomingMessage, response: ServerResponse, state: State): Promise<void> {
  const url = request.url ?? '/';
  if (url === '/health') return sendJson(response, state.status === 'ready' ? 200 : 503, health(state));
  if (url === '/_faults' && request.method === 'POST' && state.faults) return setFault(request, response, state);

  const { now: fault, next } = faultFor(request.method, state.fault);
  state.fault = next;
  if (fault.mode === 'down') return void request.socket.destroy();
  if (fault.mode === 'error500') return send(response, outcomeAnswer(serverFault('This failure was asked for'), 500));
  await delay(fault);
  const [, tenant = '', path = ''] = /^\/([^/?]+)\/fhir\/R4(?:\/|(?=\?)|$)(.*)$/s.exec(url) ?? [];
  const repository = state.repositories.get(tenant);
  if (!repository || state.status !== 'ready') {
    const [status, text] = repository ? [503, 'The hospital is stopping'] : [404, 'Ask for /<tenant>/fhir/R4/...'];
    return send(response, outcomeAnswer(serverFault(text), status));
  }
  const baseUrl = `http://${request.headers.host ?? 'localhost'}/${tenant}/fhir/R4`;
  const answer = await answerFhir(request, repository, baseUrl, path);
  if (fault.mode === 'lostAnswer') return void request.socket.destroy();
  send(response, answer, request.method !== 'HEAD');
}

async function setFault(request: IncomingMessage, response: ServerResponse, state: State): Promise<void> {
  try {
    state.fault = parseFault(JSON.parse(await readText(request)));
    sendJson(response, 200, state.fault);
  } catch (error) {
    sendJson(response, 400, { error: error instanceof Error ? error.message : String(error) });
  }
}

function health({ status, dataDir, tenants }: State): HospitalHealth {
  return { service: HOSPITAL_SERVICE, status, pid: process.pid, dataDir, tenants };
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(body));
}
