import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { manifestOf, ToolError } from '@countersign/plugin-sdk';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { ConnectorHost, loadManifest } from '../../../subgraphs/actions/src/connectors/index.ts';
import { fhir } from '../src/index.ts';
import { startFhirServer, type TestServer } from './fhir-server.ts';

const tool = 'createServiceRequest';
const input = { patient: 'Patient/jane', code: { system: 'http://loinc.org', code: '24323-8' } };
let bundleDir: string;
let server: TestServer;
let host: ConnectorHost;

beforeAll(async () => {
  bundleDir = await mkdtemp(join(tmpdir(), 'countersign-fhir-'));
  const build = fileURLToPath(new URL('../build.mjs', import.meta.url));
  await promisify(execFile)(process.execPath, [build, '--out', bundleDir]);
  server = await startFhirServer();
  host = new ConnectorHost({
    bundleDir,
    manifest: await loadManifest(bundleDir),
    tenantId: 'acme',
    config: { baseUrl: server.baseUrl },
    http: { timeoutMs: 500 }, // for the server that never answers
  });
});

beforeEach(() => {
  server.fault = 'none';
});

afterAll(async () => {
  await host.close();
  await server.close();
  await rm(bundleDir, { recursive: true });
});

it('is bundled with the manifest of its definition', () => {
  expect(host.manifest).toEqual(JSON.parse(JSON.stringify(manifestOf(fhir))));
});

it('previews, orders once, verifies and takes back, with all its HTTP through the host', async () => {
  const key = { idempotencyKey: 'k' };
  const preview = await host.call(tool, 'preview', { input }, key);
  expect(preview.summary).toBe('Order 24323-8 (http://loinc.org) for Jane Doe (Patient/jane), priority routine.');
  expect(await host.call(tool, 'verify', { input }, key)).toEqual({ status: 'not_done' });
  const [done, again] = await Promise.all([
    host.call(tool, 'execute', { input }, key),
    host.call(tool, 'execute', { input }, key),
  ]);
  expect(again).toEqual(done);
  expect(await host.call(tool, 'verify', { input }, key)).toMatchObject({
    status: 'done',
    externalId: done.externalId,
  });
  const undo = { input, output: done.output, externalId: done.externalId, reason: 'Wrong patient' };
  await host.call(tool, 'compensate', undo, { idempotencyKey: 'undo of k' });
  expect(await server.orders()).toMatchObject([{ status: 'entered-in-error' }]);
});

it('says what is wrong with an input, and where', async () => {
  const wrong = { patient: '17', code: { code: '24323-8' }, priority: 'soon' };
  const error = await failure(host.call(tool, 'preview', { input: wrong }, { idempotencyKey: 'x' }));
  expect(error.problems).toEqual([
    {
      code: 'INVALID_INPUT',
      path: ['patient'],
      message: 'patient must match ^Patient/[A-Za-z0-9.-]{1,64}$, not "17". For example "Patient/17".',
    },
    {
      code: 'INVALID_INPUT',
      path: ['code', 'system'],
      message: 'system is missing: code needs it. For example "http://loinc.org".',
    },
    {
      code: 'INVALID_INPUT',
      path: ['priority'],
      message: 'priority must be one of ROUTINE, URGENT, ASAP, STAT, not "soon".',
    },
  ]);
});

it('can be retried after failures of the server, whose effect is known where it can be', async () => {
  const key = { idempotencyKey: 'retried' };
  server.fault = 'silent';
  const silent = await failure(host.call(tool, 'execute', { input }, key));
  expect(silent).toMatchObject({ code: 'TIMEOUT', retryable: true, effect: 'unknown' });
  server.fault = { status: 500 };
  const failed = await failure(host.call(tool, 'execute', { input }, key));
  expect(failed).toMatchObject({ code: 'OTHER_SIDE_UNAVAILABLE', retryable: true, effect: 'unknown' });
  const unseen = await failure(host.call(tool, 'preview', { input }, key));
  expect(unseen).toMatchObject({ code: 'OTHER_SIDE_UNAVAILABLE', effect: 'none' });
  server.fault = { status: 422 };
  const refused = await failure(host.call(tool, 'execute', { input }, key));
  expect(refused).toMatchObject({ code: 'OTHER_SIDE_REJECTED', retryable: false, effect: 'none' });
  server.fault = 'none';
  expect(await host.call(tool, 'execute', { input }, key)).toMatchObject({ status: 'succeeded' });
});

async function failure(work: Promise<unknown>): Promise<ToolError> {
  const error = await work.then(
    () => new Error('It was not refused'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof ToolError) return error;
  throw error;
}
