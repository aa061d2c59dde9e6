import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { JsonSchema } from './json-schema.ts';
import type { Problem } from './tool-error.ts';

export interface CheckedValue {
  /** A copy with the schema's defaults filled in. */
  value: unknown;
  /** Empty when the value is valid. */
  problems: Problem[];
}

/**
 * Holds a value against a JSON Schema. Each problem says where it is and what would be right:
 * `{ code: 'INVALID_INPUT', message: 'system is missing: code needs it.', path: ['code', 'system'] }`.
 *
 * @throws Error when the schema itself cannot be used
 */
export function checkAgainstSchema(schema: JsonSchema, value: unknown, code = 'INVALID_INPUT'): CheckedValue {
  const copy = structuredClone(value);
  const validate = validatorOf(schema);
  if (validate(copy)) return { value: copy, problems: [] };
  const problems = (validate.errors ?? []).map((error) => problemOf(error, code));
  return { value: copy, problems };
}

const validators = new WeakMap<JsonSchema, ValidateFunction>();

function validatorOf(schema: JsonSchema): ValidateFunction {
  const known = validators.get(schema);
  if (known) return known;
  const ajv = new Ajv2020({ allErrors: true, verbose: true, useDefaults: true, strict: false, validateSchema: false });
  formats.default(ajv);
  const { $schema: _dialect, ...words } = schema; // both dialects that tools may use mean the same by what they share
  const validate = ajv.compile(words);
  validators.set(schema, validate);
  return validate;
}

function problemOf(error: ErrorObject, code: string): Problem {
  const at = error.instancePath.split('/').slice(1).map(unescapePointer);
  const missing = stringParam(error, 'missingProperty');
  const extra = stringParam(error, 'additionalProperty');
  const path = [...at, ...(missing === undefined ? [] : [missing]), ...(extra === undefined ? [] : [extra])];
  return { code, message: messageOf(error, at.at(-1) ?? 'the input', missing ?? extra ?? ''), path };
}

function messageOf(error: ErrorObject, name: string, member: string): string {
  const { params, data } = error;
  const got = `, not ${shown(data)}`;
  switch (error.keyword) {
    case 'required':
      return `${member} is missing: ${name} needs it.${exampleOf(propertyOf(error, member))}`;
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return `${name} has no ${member}: it takes ${namesOf(error).join(', ') || 'nothing'}.`;
    case 'type':
      return `${name} must be ${listed(params.type)}${got}.${exampleOf(error.parentSchema)}`;
    case 'enum':
      return `${name} must be one of ${listed(params.allowedValues)}${got}.`;
    case 'const':
      return `${name} must be ${shown(params.allowedValue)}${got}.`;
    case 'pattern':
      return `${name} must match ${params.pattern}${got}.${exampleOf(error.parentSchema)}`;
    case 'format':
      return `${name} must be a ${params.format}${got}.${exampleOf(error.parentSchema)}`;
    case 'minLength':
    case 'maxLength':
      return `${name} must have ${bound(error)} characters, not ${String(data).length}.`;
    case 'minItems':
    case 'maxItems':
      return `${name} must have ${bound(error)} items, not ${Array.isArray(data) ? data.length : 0}.`;
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return `${name} must be ${params.comparison} ${params.limit}${got}.`;
    default:
      return `${name} ${error.message ?? 'is not valid'}.`;
  }
}

function bound({ keyword, params }: ErrorObject): string {
  return `${keyword.startsWith('min') ? 'at least' : 'at most'} ${params.limit}`;
}

function exampleOf(schema: unknown): string {
  const examples = isObject(schema) ? schema.examples : undefined;
  return Array.isArray(examples) && examples.length > 0 ? ` For example ${shown(examples[0])}.` : '';
}

function propertyOf(error: ErrorObject, name: string): unknown {
  const properties = error.parentSchema?.properties;
  return isObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
}

function namesOf(error: ErrorObject): string[] {
  const properties = error.parentSchema?.properties;
  return isObject(properties) ? Object.keys(properties) : [];
}

function listed(values: unknown): string {
  return [values].flat().map(String).join(', ');
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function stringParam(error: ErrorObject, name: string): string | undefined {
  const value: unknown = error.params[name];
  return typeof value === 'string' ? value : undefined;
}

function unescapePointer(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
