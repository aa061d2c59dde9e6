import { ToolError } from '@countersign/plugin-sdk';
import { indexStructureDefinitionBundle, OperationOutcomeError, validateResource } from '@medplum/core';
import type { Resource, StructureDefinition } from '@medplum/fhirtypes';
import { r4Definitions } from './generated/r4-definitions.ts';
import { inputPathOf } from './input-path.ts';

let loaded = false;

/**
 * Holds a resource against FHIR R4: structure, types, formats and invariants. No network.
 * @throws ToolError INVALID_INPUT with a problem for each thing that is wrong
 */
export function assertValid(resource: Resource): void {
  if (!loaded) {
    // Written by our own build out of HL7's definitions.
    indexStructureDefinitionBundle(JSON.parse(r4Definitions) as StructureDefinition[]);
    loaded = true;
  }
  try {
    validateResource(resource);
  } catch (error) {
    if (!(error instanceof OperationOutcomeError)) throw error;
    const problems = (error.outcome.issue ?? []).map(({ details, expression }) => {
      const element = expression?.[0] ?? resource.resourceType;
      const message = `${details?.text ?? 'Not valid'} at ${element}, as FHIR R4 defines it.`;
      return { code: 'INVALID_INPUT', message, path: inputPathOf(element) };
    });
    const [first] = problems;
    throw new ToolError('INVALID_INPUT', first?.message ?? error.message, { path: first?.path, problems });
  }
}
