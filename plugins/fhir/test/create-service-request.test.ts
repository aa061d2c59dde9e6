import { type Tool, type ToolContext, ToolError, testContext } from '@countersign/plugin-sdk';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ServiceRequest } from '@medplum/fhirtypes';
import { fhir } from '../src/index.ts';
import { startFhirServer, type TestServer } from './fhir-server.ts';

const tool = fhir.tools[0] as Tool; // it has one
const input = {
  patient: 'Patient/jane',
  code: { system: 'http://loinc.org', code: '24323-8', display: 'Comprehensive metabolic panel' },
  priority: 'URGENT',
  note: 'Fasting.',
};
let server: TestServer;

beforeEach(async () => {
  server = await startFhirServer();
});

afterEach(() => server.close());

describe('preview', () => {
  it('names the patient and lists each element that would be made', async () => {
    const preview = await tool.preview(input, context());
    expect(preview.summary).toBe(
      'Order "Comprehensive metabolic panel" (24323-8) for Jane Doe (Patient/jane), priority urgent.',
    );
    expect(preview.changes).toContainEqual({ path: 'ServiceRequest.status', before: null, after: 'active' });
    expect(preview.changes).toContainEqual({
      path: 'ServiceRequest.note',
      before: null,
      after: [{ text: 'Fasting.' }],
    });
    expect(await server.orders()).toEqual([]);
  });

  it('has another fingerprint when the patient has changed', async () => {
    const before = await tool.preview(input, context());
    const jane = await server.repository.readResource('Patient', 'jane');
    await server.repository.updateResource({ ...jane, active: true });
    const after = await tool.preview(input, context());
    expect(after.fingerprint).not.toBe(before.fingerprint);
  });

  it('refuses an unknown and a deleted patient, and says which input that is', async () => {
    const unknown = await failure(tool.preview({ ...input, patient: 'Patient/nobody' }, context()));
    expect(unknown).toMatchObject({ code: 'NOT_FOUND', path: ['patient'], retryable: false });
    server.fault = { status: 410 };
    expect(await failure(tool.preview(input, context()))).toMatchObject({ code: 'NOT_FOUND', path: ['patient'] });
  });

  it('refuses what is not valid FHIR before it asks the server', async () => {
    server.fault = { status: 500 };
    const error = await failure(tool.preview({ ...input, occurrence: '2026-12-01t08:30:00z' }, context()));
    expect(error).toMatchObject({ code: 'INVALID_INPUT', path: ['occurrence'] });
    expect(error.message).toContain('ServiceRequest.occurrence');
  });
});

describe('execute', () => {
  it('makes an active order for the patient', async () => {
    const done = await tool.execute({ ...input, occurrence: '2026-12-01T08:30:00Z' }, context());
    const [order] = await server.orders();
    expect(order).toMatchObject({
      status: 'active',
      intent: 'order',
      priority: 'urgent',
      subject: { reference: 'Patient/jane' },
      occurrenceDateTime: '2026-12-01T08:30:00Z',
    });
    expect(done).toMatchObject({ status: 'succeeded', externalId: `ServiceRequest/${order?.id}` });
    expect(done.output.url).toBe(`${server.baseUrl}/ServiceRequest/${order?.id}`);
  });

  it('keeps the keys of two tenants apart, and keys with separators in them', async () => {
    await tool.execute(input, context('a|b,c', 'acme'));
    await tool.execute(input, context('a|b,c', 'globex'));
    await tool.execute(input, context('a|b,c', 'globex'));
    expect(await server.orders()).toHaveLength(2);
  });

  it('makes one order when its answer is lost and it is tried again', async () => {
    server.fault = 'lostAnswer';
    const lost = await failure(tool.execute(input, context('k')));
    expect(lost).toMatchObject({ code: 'OTHER_SIDE_UNAVAILABLE', retryable: true, effect: 'unknown' });
    server.fault = 'none';
    expect(await tool.verify(input, context('k'))).toMatchObject({ status: 'done' });
    await tool.execute(input, context('k'));
    expect(await server.orders()).toHaveLength(1);
  });

  it('gives the version that was made when it finds an order that was changed since', async () => {
    const first = await tool.execute(input, context('k'));
    await change(first.externalId, { status: 'on-hold' });
    const again = await tool.execute(input, context('k'));
    expect(again.output.versionId).toBe(first.output.versionId);
    expect(await tool.verify(input, context('k'))).toEqual({
      status: 'done',
      externalId: first.externalId,
      output: first.output,
      changes: first.changes,
    });
  });
});

describe('when the server fails', () => {
  it('can be retried after an outage', async () => {
    await server.close();
    const error = await failure(tool.execute(input, context()));
    expect(error).toMatchObject({ code: 'OTHER_SIDE_UNAVAILABLE', retryable: true, effect: 'unknown' });
  });

  it('can be retried when no answer comes', async () => {
    server.fault = 'silent';
    expect(await failure(tool.execute(input, context()))).toMatchObject({ code: 'TIMEOUT', retryable: true });
  });

  it.each([500, 502, 503, 429])('can be retried after a %d', async (status) => {
    server.fault = { status, body: outcome('database is locked') };
    const error = await failure(tool.execute(input, context()));
    expect(error).toMatchObject({ code: 'OTHER_SIDE_UNAVAILABLE', retryable: true, params: { status } });
    expect(error.message).toContain('database is locked');
  });

  it.each([400, 422])('says what the server said, and where, after a %d', async (status) => {
    server.fault = { status, body: outcome('Unknown code', 'ServiceRequest.code.coding[0]') };
    const error = await failure(tool.execute(input, context()));
    expect(error).toMatchObject({ code: 'OTHER_SIDE_REJECTED', retryable: false, effect: 'none', path: ['code'] });
    expect(error.message).toContain('Unknown code');
  });

  it('says that the base URL may be wrong when the answer is not FHIR', async () => {
    server.fault = { status: 200, body: '<html>' };
    const error = await failure(tool.preview(input, context()));
    expect(error).toMatchObject({ code: 'OTHER_SIDE_REJECTED', retryable: false });
    expect(error.message).toContain('FHIR R4 base URL');
  });
});

describe('compensate', () => {
  it('previews and then marks the order as entered in error, with the reason', async () => {
    const undo = await made();
    const preview = await tool.compensatePreview?.(undo, context());
    expect(preview?.changes[0]).toEqual({ path: 'ServiceRequest.status', before: 'active', after: 'entered-in-error' });
    await tool.compensate?.(undo, context());
    const [order] = await server.orders();
    expect(order?.status).toBe('entered-in-error');
    expect(order?.note?.at(-1)?.text).toBe('Entered in error: Wrong patient');
  });

  it('leaves an order alone that has moved on, and says what has changed', async () => {
    const undo = await made();
    await change(undo.externalId, { status: 'completed' });
    const error = await failure(tool.compensate?.(undo, context()));
    expect(error).toMatchObject({ code: 'CONFLICT', retryable: false, params: { changed: ['ServiceRequest.status'] } });
    expect(error.message).toContain('ServiceRequest.status from "active" to "completed"');
    expect((await server.orders())[0]?.status).toBe('completed');
  });

  it('is done once when two undo at the same moment', async () => {
    const undo = await made();
    await Promise.all([tool.compensate?.(undo, context()), tool.compensate?.(undo, context())]);
    const history = await server.repository.readHistory('ServiceRequest', undo.externalId.split('/')[1] ?? '');
    expect(history.entry).toHaveLength(2);
  });

  it('takes an order that was deleted on the server as undone', async () => {
    const undo = await made();
    await server.repository.deleteResource('ServiceRequest', undo.externalId.split('/')[1] ?? '');
    expect((await tool.compensate?.(undo, context()))?.summary).toContain('no longer on the server');
  });

  it('refuses where the server does not tell versions', async () => {
    const undo = await made();
    const { versionId: _unknown, ...output } = undo.output;
    expect(await failure(tool.compensate?.({ ...undo, output }, context()))).toMatchObject({ code: 'CONFLICT' });
  });
});

it('does not guess the first version where the server keeps no history', async () => {
  await tool.execute(input, context('k'));
  server.fault = 'noHistory';
  const again = await tool.execute(input, context('k'));
  expect(again.output.versionId).toBeUndefined();
});

function context(idempotencyKey?: string, tenantId?: string): ToolContext {
  // Short, for the server that never answers.
  return testContext(fhir, { config: { baseUrl: `${server.baseUrl}/` }, idempotencyKey, tenantId, timeoutMs: 500 });
}

async function made() {
  const { output, externalId } = await tool.execute(input, context());
  return { input, output, externalId, reason: 'Wrong patient' };
}

async function change(reference: string, to: Partial<ServiceRequest>): Promise<void> {
  const order = await server.repository.readResource<ServiceRequest>('ServiceRequest', reference.split('/')[1] ?? '');
  await server.repository.updateResource({ ...order, ...to });
}

async function failure(work: Promise<unknown> | undefined): Promise<ToolError> {
  const error = await Promise.resolve(work).then(
    () => new Error('It was not refused'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof ToolError) return error;
  throw error;
}

function outcome(text: string, expression?: string): unknown {
  const issue = { severity: 'error', code: 'processing', details: { text }, expression: expression && [expression] };
  return { resourceType: 'OperationOutcome', issue: [issue] };
}
