import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { indexStructureDefinitionBundle, OperationOutcomeError, validateResource } from '@medplum/core';
import type { StructureDefinition } from '@medplum/fhirtypes';
import { r4Definitions } from '../src/generated/r4-definitions.ts';

interface DefinitionsScript {
  definitionsModule(): string;
}

it('carries the definitions as they follow from HL7’s', async () => {
  const script: DefinitionsScript = await import(new URL('../definitions.mjs', import.meta.url).href);
  const written = await readFile(new URL('../src/generated/r4-definitions.ts', import.meta.url), 'utf8');
  expect(written).toBe(script.definitionsModule());
});

it('has enough of them to refuse what R4 refuses', () => {
  indexStructureDefinitionBundle(JSON.parse(r4Definitions) as StructureDefinition[]); // our own, of HL7's
  const order = { resourceType: 'ServiceRequest', status: 'active', intent: 'order', subject: {} } as const;
  expect(() => validateResource({ ...order, subject: { reference: 'Patient/1' } })).not.toThrow();
  const wrong = [
    { ...order, subject: undefined },
    { ...order, code: { coding: [{ system: 'http://loinc.org', code: ' 24323-8' }] } },
    { ...order, note: [{ authorString: 'nobody said anything' }] },
    { ...order, occurrenceDateTime: 'tomorrow' },
    { ...order, unheardOf: true },
  ];
  // Wrong on purpose, so no type fits.
  for (const one of wrong) expect(() => validateResource(one as never)).toThrow(OperationOutcomeError);
});
