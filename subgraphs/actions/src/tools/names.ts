import type { ToolSchemaProblem } from './tool-schema-error.ts';

/** `fhir` and `createServiceRequest` give `fhirCreateServiceRequest`. */
export function fieldName(connector: string, tool: string): string {
  return connector + pascalCase(tool);
}

/** What the names of a tool's types begin with: `FhirCreateServiceRequest`. */
export function typeStem(connector: string, tool: string): string {
  return pascalCase(connector) + pascalCase(tool);
}

/** `serviceRequest`, `service_request` and `service-request` all give `ServiceRequest`. */
export function pascalCase(name: string): string {
  return wordsOf(name)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** `entered-in-error` and `enteredInError` both give `ENTERED_IN_ERROR`. */
export function enumName(value: string): string {
  return wordsOf(value.replace(/([a-z0-9])([A-Z])/g, '$1_$2'))
    .join('_')
    .toUpperCase();
}

export function checkCamelCase(kind: 'connector' | 'tool', name: string, at: string): ToolSchemaProblem[] {
  if (/^[a-z][A-Za-z0-9]*$/.test(name)) return [];
  const suggestion = pascalCase(name).replace(/^[0-9]+/, '');
  const right = suggestion === '' ? '' : `, such as "${suggestion.charAt(0).toLowerCase()}${suggestion.slice(1)}"`;
  const message = `"${name}" cannot name a ${kind}: a letter a-z first, then letters and digits${right}.`;
  return [{ code: 'TOOL_NAME_INVALID', at, message }];
}

export function checkPropertyName(name: string, at: string): ToolSchemaProblem[] {
  if (/^(?!__)[_A-Za-z][_0-9A-Za-z]*$/.test(name)) return [];
  const suggestion = name.replace(/[^_0-9A-Za-z]+/g, '_').replace(/^(?:__+|(?=\d))/, '_');
  const message = `"${name}" is not a name in GraphQL: letters, digits and underscores, no digit first and no two underscores first, such as "${suggestion}".`;
  return [{ code: 'TOOL_NAME_INVALID', at, message }];
}

export function checkEnumName(name: string, value: string, at: string): ToolSchemaProblem[] {
  if (/^[A-Z][A-Z0-9_]*$/.test(name)) return [];
  const message = `"${name}" is not a name for the value ${JSON.stringify(value)} in GraphQL: give one in capitals under "x-enum-names".`;
  return [{ code: 'TOOL_NAME_INVALID', at, message }];
}

function wordsOf(text: string): string[] {
  return text.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
}
