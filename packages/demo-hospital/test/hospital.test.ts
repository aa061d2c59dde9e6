import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { validateResource } from '@medplum/core';
import type { Resource } from '@medplum/fhirtypes';
import { type Hospital, peopleOf, startHospital } from '../src/index.ts';
import { ask, serviceRequest, temporaryFolder } from './folder.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let hospital: Hospital;
let acme: string;
let globex: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  hospital = await startHospital({ port: 0, dataDir: folder.path, faults: true });
  acme = `${hospital.url}/acme/fhir/R4`;
  globex = `${hospital.url}/globex/fhir/R4`;
});
afterAll(async () => {
  await hospital.close();
  await folder.remove();
});

describe('what it holds at first', () => {
  it('has patients of its own for each tenant, and none of the other', async () => {
    const { body } = await ask(`${acme}/Patient/maria-lindqvist`);
    expect(body).toMatchObject({ id: 'maria-lindqvist', name: [{ family: 'Lindqvist' }], meta: { versionId: '1' } });
    expect((await ask(`${globex}/Patient/maria-lindqvist`)).status).toBe(404);
    expect((await ask(`${globex}/Patient/james-okafor`)).status).toBe(200);
  });

  it('names a practitioner and an organization that exist', async () => {
    for (const tenant of ['acme', 'globex']) {
      const base = `${hospital.url}/${tenant}/fhir/R4`;
      const { body } = await ask(`${base}/Patient?_count=1`);
      const patient = JSON.stringify(body);
      for (const [, reference] of patient.matchAll(/"reference":"([^"]+)"/g)) {
        expect((await ask(`${base}/${reference}`)).status).toBe(200);
      }
    }
  });

  it('begins empty for a tenant that the demo does not know', () => {
    expect(peopleOf('initech')).toEqual([]);
  });

  it('says what it can do in a valid capability statement', async () => {
    const { status, body } = await ask(`${acme}/metadata`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ resourceType: 'CapabilityStatement', fhirVersion: '4.0.1' });
    expect(validateResource(body as unknown as Resource)).toEqual([]);
  });
});

describe('a resource', () => {
  it('is created, read, updated and deleted, with a version for each step', async () => {
    const made = await ask(`${acme}/ServiceRequest`, { body: serviceRequest('life') });
    expect(made.status).toBe(201);
    expect(made.headers.get('etag')).toBe('W/"1"');
    expect(made.headers.get('last-modified')).toMatch(/GMT$/);
    const url = `${acme}/ServiceRequest/${made.body.id}`;
    expect(made.headers.get('location')).toBe(`${url}/_history/1`);

    const body = { ...serviceRequest('life'), id: made.body.id, status: 'on-hold' };
    const stale = await ask(url, { method: 'PUT', body, headers: { 'If-Match': 'W/"7"' } });
    expect(stale.status).toBe(412);
    const changed = await ask(url, { method: 'PUT', body, headers: { 'If-Match': 'W/"1"' } });
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, 'W/"2"']);
    const patch = [{ op: 'replace', path: '/status', value: 'active' }];
    expect((await ask(url, { method: 'PATCH', body: patch })).body).toMatchObject({ status: 'active' });

    expect((await ask(url, { method: 'DELETE', headers: { 'If-Match': 'W/"1"' } })).status).toBe(412);
    expect((await ask(url, { method: 'DELETE' })).status).toBe(200);
    expect((await ask(url, { method: 'DELETE' })).status).toBe(200);
    expect((await ask(url)).status).toBe(410);
    expect((await ask(`${url}/_history/2`)).body).toMatchObject({ status: 'on-hold' });
    for (const _ of ['once', 'and again the same']) {
      const { body: history } = await ask(`${url}/_history`);
      const entries = history.entry as { request: { method: string } }[];
      expect(entries.map(({ request }) => request.method)).toEqual(['DELETE', 'PUT', 'PUT', 'POST']);
    }
  });

  it('keeps the id that a PUT gives it, and ignores the id that a POST gives it', async () => {
    const put = await ask(`${acme}/ServiceRequest/mine`, {
      method: 'PUT',
      body: { ...serviceRequest('put'), id: 'mine' },
    });
    expect([put.status, put.body.id]).toEqual([201, 'mine']);
    const post = await ask(`${acme}/ServiceRequest`, { body: { ...serviceRequest('post'), id: 'mine' } });
    expect([post.status, post.body.id === 'mine']).toEqual([201, false]);
  });

  it('is found by its parameters', async () => {
    const { body: made } = await ask(`${acme}/ServiceRequest`, { body: serviceRequest('search') });
    for (const query of [
      'identifier=urn:test:key|search',
      'patient=maria-lindqvist&identifier=search',
      `_id=${made.id}`,
    ]) {
      const { body } = await ask(`${acme}/ServiceRequest?${query}`);
      expect(body).toMatchObject({ type: 'searchset', total: 1, entry: [{ resource: { id: made.id } }] });
      expect(body).toMatchObject({ entry: [{ fullUrl: `${acme}/ServiceRequest/${made.id}` }] });
    }
  });

  it('is created by one of many conditional creates at the same moment', async () => {
    const headers = { 'If-None-Exist': 'identifier=urn:test:key|once' };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ask(`${acme}/ServiceRequest`, { body: serviceRequest('once'), headers })),
    );
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(19).fill(200), 201]);
  });
});

describe('what is wrong', () => {
  const cases: [string, unknown, number, RegExp][] = [
    ['a missing element', { ...serviceRequest('x'), subject: undefined }, 400, /ServiceRequest.subject/],
    ['an unknown element', { ...serviceRequest('x'), colour: 'red' }, 400, /colour/],
    ['a code that its value set does not hold', { ...serviceRequest('x'), priority: 'now' }, 400, /request-priority/],
    [
      'a reference to the wrong type',
      { ...serviceRequest('x'), subject: { reference: 'Medication/1' } },
      400,
      /Invalid reference/,
    ],
    ['another type than the address', { resourceType: 'Patient' }, 400, /Incorrect resource type/],
    ['an array', [serviceRequest('x')], 400, /Incorrect resource type|JSON object/],
  ];
  it.each(cases)('%s is refused', async (_name, body, status, text) => {
    const answer = await ask(`${acme}/ServiceRequest`, { body });
    expect(answer.status).toBe(status);
    expect(answer.body.resourceType).toBe('OperationOutcome');
    expect(JSON.stringify(answer.body)).toMatch(text);
  });

  it('is answered with an outcome that says so, whatever it is', async () => {
    const text = (body: string, headers: Record<string, string>) =>
      fetch(`${acme}/ServiceRequest`, { method: 'POST', body, headers }).then(({ status }) => status);
    expect(await text('{"resourceType"', { 'Content-Type': 'application/fhir+json' })).toBe(400);
    expect(await text('{}', { 'Content-Type': 'text/plain' })).toBe(415);
    expect(await text(`"${'x'.repeat(1_100_000)}"`, { 'Content-Type': 'application/fhir+json' })).toBe(413);
    expect((await ask(`${acme}/Starship/1`)).status).toBe(404);
    expect((await ask(`${acme}/Patient/nobody`)).status).toBe(404);
    expect((await ask(`${hospital.url}/initech/fhir/R4/Patient`)).status).toBe(404);
    expect((await ask(`${acme}/Patient?colour=red`)).status).toBe(400);
    expect(
      (await ask(`${acme}/Patient/a%20b`, { method: 'PUT', body: { resourceType: 'Patient', id: 'a b' } })).status,
    ).toBe(400);
    expect((await ask(acme, { body: { resourceType: 'Bundle', type: 'transaction' } })).status).toBe(400);
  });

  it('never creates on a condition that it does not understand', async () => {
    for (const condition of ['colour=red', '_count=1']) {
      const headers = { 'If-None-Exist': condition };
      expect((await ask(`${acme}/ServiceRequest`, { body: serviceRequest('never'), headers })).status).toBe(400);
    }
    expect((await ask(`${acme}/ServiceRequest?identifier=never`)).body.total).toBe(0);
  });

  it('does not let a patch move a resource', async () => {
    const body = [{ op: 'replace', path: '/id', value: 'other' }];
    expect((await ask(`${acme}/Patient/johan-berg`, { method: 'PATCH', body })).status).toBe(400);
  });
});

describe('a fault that was asked for', () => {
  const fault = (mode: string, more: object = {}) => ask(`${hospital.url}/_faults`, { body: { mode, ...more } });
  const count = async () => (await ask(`${globex}/ServiceRequest`)).body.total;
  const create = () =>
    ask(`${globex}/ServiceRequest`, {
      body: { ...serviceRequest('fault'), subject: { reference: 'Patient/grace-liu' } },
    });

  it('cuts, fails, delays or loses the answer, and then is over', async () => {
    await fault('down');
    await expect(create()).rejects.toThrow();
    await fault('error500');
    expect((await create()).status).toBe(500);
    await fault('none');
    expect(await count()).toBe(0);
    await fault('lostAnswer');
    await expect(create()).rejects.toThrow();
    await fault('slow', { delayMs: 1 });
    expect(await count()).toBe(1);
    expect((await fault('moody')).status).toBe(400);
    expect((await fault('down', { on: 'sundays' })).status).toBe(400);
    await fault('error500', { on: 'writes' });
    expect((await create()).status).toBe(500);
    expect(await count()).toBe(1);
    await fault('error500', { on: 'fromFirstWrite' });
    expect(await count()).toBe(1);
    expect((await create()).status).toBe(500);
    expect((await ask(`${globex}/ServiceRequest`)).status).toBe(500);
    expect((await fault('none')).body).toEqual({ mode: 'none', delayMs: 0, on: 'all' });
  });

  it('cannot be asked for unless the hospital was started so', async () => {
    const own = await temporaryFolder();
    const sound = await startHospital({ port: 0, dataDir: own.path });
    expect((await ask(`${sound.url}/_faults`, { body: { mode: 'down' } })).status).toBe(404);
    await sound.close();
    await own.remove();
  });
});

describe('a data folder', () => {
  it('is served by one hospital at a time', async () => {
    await expect(startHospital({ port: 0, dataDir: folder.path })).rejects.toMatchObject({ code: 'DATA_DIR_IN_USE' });
    expect((await ask(`${hospital.url}/health`)).body).toMatchObject({ status: 'ready', dataDir: folder.path });
  });

  it('is found again with versions, histories and deletions as they were', async () => {
    const own = await temporaryFolder();
    const first = await startHospital({ port: 0, dataDir: own.path });
    const body = { resourceType: 'Patient', id: 'johan-berg', birthDate: '1957-11-03' };
    await ask(`${first.url}/acme/fhir/R4/Patient/johan-berg`, { method: 'PUT', body });
    await ask(`${first.url}/acme/fhir/R4/Patient/amina-hassan`, { method: 'DELETE' });
    const before = await ask(`${first.url}/acme/fhir/R4/Patient/johan-berg/_history`);
    await first.close();

    const second = await startHospital({ port: 0, dataDir: own.path });
    expect((await ask(`${second.url}/acme/fhir/R4/Patient/johan-berg/_history`)).body).toEqual(before.body);
    expect((await ask(`${second.url}/acme/fhir/R4/Patient/amina-hassan`)).status).toBe(410);
    await second.close();
    await own.remove();
  });

  it('that cannot be made is refused with a word of why', async () => {
    await expect(startHospital({ port: 0, dataDir: '/dev/null/hospital' })).rejects.toMatchObject({
      code: 'DATA_DIR_UNWRITABLE',
    });
  });
});
