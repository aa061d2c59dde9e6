import { getResourceTypes, globalSchema } from '@medplum/core';
import type { CapabilityStatement, CapabilityStatementRestResourceInteraction } from '@medplum/fhirtypes';
import { loadDefinitions } from './validation.ts';

const interactions: CapabilityStatementRestResourceInteraction['code'][] = [
  'read',
  'vread',
  'update',
  'patch',
  'delete',
  'history-instance',
  'create',
  'search-type',
];

/** What this server can do (FHIR R4 http.html#capabilities), for one tenant's base URL. */
export function capabilityStatement(baseUrl: string, startedAt: Date): CapabilityStatement {
  loadDefinitions();
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: startedAt.toISOString(),
    kind: 'instance',
    publisher: 'Countersign',
    software: { name: 'Countersign demo hospital' },
    implementation: { description: 'A demo hospital: invented patients, kept on disk', url: baseUrl },
    fhirVersion: '4.0.1',
    format: ['json'],
    patchFormat: ['application/json-patch+json'],
    rest: [
      {
        mode: 'server',
        interaction: [{ code: 'batch' }],
        resource: getResourceTypes().map((type) => ({
          type,
          interaction: interactions.map((code) => ({ code })),
          versioning: 'versioned-update',
          readHistory: true,
          updateCreate: true,
          conditionalCreate: true,
          conditionalUpdate: true,
          conditionalDelete: 'single',
          searchParam: Object.values(globalSchema.types[type]?.searchParams ?? {})
            .filter(({ code }) => code !== '_project' && code !== '_compartment')
            .map(({ code, type: kind }) => ({ name: code, type: kind })),
        })),
      },
    ],
  };
}
