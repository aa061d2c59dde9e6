import { testConnector } from '@countersign/plugin-sdk';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { fhir } from '../src/index.ts';
import { startFhirServer, type TestServer } from './fhir-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startFhirServer();
});

afterAll(() => server.close());

it('keeps the contract of connectors against a FHIR server', async () => {
  const input = { patient: 'Patient/jane', code: { system: 'http://loinc.org', code: '24323-8' }, note: 'Fasting.' };
  const report = await testConnector(fhir, {
    config: { baseUrl: server.baseUrl },
    cases: [
      {
        tool: 'createServiceRequest',
        input,
        refused: [
          { input: { ...input, patient: 'Patient/nobody' }, code: 'NOT_FOUND', path: ['patient'] },
          { input: { ...input, code: { code: '24323-8' } }, code: 'INVALID_INPUT', path: ['code', 'system'] },
        ],
        countEffects: async () => (await server.orders()).length,
        isUndone: async (externalId) => {
          const orders = await server.orders();
          return orders.some(
            ({ id, status }) => externalId === `ServiceRequest/${id}` && status === 'entered-in-error',
          );
        },
      },
    ],
  });
  expect(report.checks.length).toBeGreaterThan(10);
});
