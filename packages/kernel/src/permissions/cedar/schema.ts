import type { SchemaJson, TypeOfAttribute } from '@cedar-policy/cedar-wasm/nodejs';
import { type ContextDeclaration, lexiconOf, type Vocabulary } from './vocabulary.ts';

/** The vocabulary as a Cedar schema; with a permission, the part of it that is about that one alone. */
export function schemaOf(vocabulary: Vocabulary, permission?: string): SchemaJson<string> {
  const { principal, context, resources, permissions } = lexiconOf(vocabulary);
  const actions = [...permissions].filter(([name]) => permission === undefined || name === permission);
  const types = new Set(permission === undefined ? resources.keys() : actions.map(([, type]) => type));
  const subject = { memberOfTypes: ['Role', 'Group'], shape: record(principal.values()) };
  const objects = [...types].map((type) => [type, { shape: record(resources.get(type)?.values() ?? []) }]);
  return {
    '': {
      entityTypes: { Role: {}, Group: {}, User: subject, Machine: subject, ...Object.fromEntries(objects) },
      actions: Object.fromEntries(
        actions.map(([name, type]) => [
          name,
          {
            appliesTo: {
              principalTypes: ['User', 'Machine'],
              resourceTypes: [type],
              context: record(context.values()),
            },
          },
        ]),
      ),
    },
  };
}

function record(declarations: Iterable<ContextDeclaration>) {
  const attributes: Record<string, TypeOfAttribute<string>> = {};
  for (const { name, type, required } of declarations) attributes[name] = { ...cedarTypes[type], required };
  return { type: 'Record' as const, attributes };
}

const cedarTypes: Record<ContextDeclaration['type'], TypeOfAttribute<string>> = {
  String: { type: 'String' },
  Long: { type: 'Long' },
  Boolean: { type: 'Boolean' },
  Decimal: { type: 'Extension', name: 'decimal' },
  Datetime: { type: 'Extension', name: 'datetime' },
  'Set<String>': { type: 'Set', element: { type: 'String' } },
};
