import {
  type DocumentNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  parse,
  visit,
} from 'graphql';
import type { SubgraphPermissions } from '../permissions/guard.ts';
import { permissionOf, type ShieldRule } from '../permissions/rules.ts';

/** Carries `@permission` through composition: what reads the supergraph knows what each field asks for. */
export const permissionDirective = parse(`
extend schema
  @link(url: "https://countersign.dev/specs/permission/v1.0", import: ["@permission"])
  @composeDirective(name: "@permission")

"""What a caller has to hold to use the field."""
directive @permission(
  """\`subgraph:resource:verb\`."""
  name: String!
) on FIELD_DEFINITION
`);

/** Writes on each guarded field which permission its rule asks for, and on each sensitive one what it holds. */
export function withPermissions(document: DocumentNode, permissions: SubgraphPermissions): DocumentNode {
  const mark = (type: ObjectTypeDefinitionNode | ObjectTypeExtensionNode) => {
    const rules = rulesOf(type.name.value, permissions);
    const sensitive = permissions.sensitive?.[type.name.value] ?? {};
    const fields = type.fields?.map((field) => {
      const rule = rules[field.name.value];
      const permission = rule && permissionOf(rule);
      const { dataClass = [] } = sensitive[field.name.value] ?? {};
      const classes = typeof dataClass === 'string' ? [dataClass] : dataClass;
      const added = [
        ...(permission === undefined ? [] : [named('permission', permission)]),
        ...classes.map((each) => named('tag', each.toLowerCase())),
      ];
      return added.length === 0 ? field : { ...field, directives: [...(field.directives ?? []), ...added] };
    });
    return { ...type, fields };
  };
  return visit(document, { ObjectTypeDefinition: mark, ObjectTypeExtension: mark });
}

function rulesOf(type: string, permissions: SubgraphPermissions): Readonly<Record<string, ShieldRule>> {
  if (type === 'Query' || type === 'Mutation' || type === 'Subscription') return permissions[type] ?? {};
  return permissions.fields?.[type] ?? {};
}

const named = (directive: string, name: string) =>
  ({
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: directive },
    arguments: [
      {
        kind: Kind.ARGUMENT,
        name: { kind: Kind.NAME, value: 'name' },
        value: { kind: Kind.STRING, value: name },
      },
    ],
  }) as const;
