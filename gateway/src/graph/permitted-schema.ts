import { holds, type Principal } from '@countersign/kernel';
import {
  buildASTSchema,
  type DefinitionNode,
  type DocumentNode,
  type GraphQLSchema,
  isObjectType,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  printSchema,
  type TypeNode,
  visit,
} from 'graphql';
import { LRUCache } from 'lru-cache';

type NeededPermissions = ReadonlyMap<string, string>;

/** The schema as far as a caller may use it, for tenants that want no more of it to be seen. */
export class PermittedSchemas {
  readonly #document: DocumentNode;
  readonly #needed: NeededPermissions;
  readonly #known = new LRUCache<string, GraphQLSchema>({ max: 200 });

  /** `supergraphSdl` says with `@permission` what each field asks for. */
  constructor(apiSchema: GraphQLSchema, supergraphSdl: string) {
    this.#document = parse(printSchema(apiSchema));
    this.#needed = neededPermissions(parse(supergraphSdl), apiSchema);
  }

  for(principal: Principal): GraphQLSchema {
    const key = [...principal.permissions].sort().join(' ');
    const known = this.#known.get(key);
    if (known) return known;
    const made = buildASTSchema(reachable(withoutForbidden(this.#document, this.#needed, principal)));
    this.#known.set(key, made);
    return made;
  }
}

/** `Query.actions` -> `actions:action:read`. */
function neededPermissions(supergraph: DocumentNode, apiSchema: GraphQLSchema): NeededPermissions {
  const needed = new Map<string, string>();
  for (const type of supergraph.definitions) {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION || !isObjectType(apiSchema.getType(type.name.value))) continue;
    for (const field of type.fields ?? []) {
      const value = field.directives?.find(({ name }) => name.value === 'permission')?.arguments?.[0]?.value;
      if (value?.kind === Kind.STRING) needed.set(`${type.name.value}.${field.name.value}`, value.value);
    }
  }
  return needed;
}

function withoutForbidden(document: DocumentNode, needed: NeededPermissions, principal: Principal): DocumentNode {
  return visit(document, {
    ObjectTypeDefinition: (type) => {
      const fields = type.fields?.filter((field) => {
        const permission = needed.get(`${type.name.value}.${field.name.value}`);
        return permission === undefined || holds(principal, permission);
      });
      return fields?.length === 0 ? null : { ...type, fields };
    },
  });
}

/** What can be reached from the roots: a type that is left without a way to it would tell what there is. */
function reachable(document: DocumentNode): DocumentNode {
  const byName = new Map(
    document.definitions.flatMap((each) => ('name' in each && each.name ? [[each.name.value, each] as const] : [])),
  );
  const reached = new Set<string>();
  const queue = ['Query', 'Mutation', 'Subscription'].filter((name) => byName.has(name));
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    queue.push(...namesIn(byName.get(name)), ...implementersOf(name, document));
  }
  const kept = document.definitions.filter(
    (each) => each.kind === Kind.DIRECTIVE_DEFINITION || ('name' in each && each.name && reached.has(each.name.value)),
  );
  return { ...document, definitions: kept };
}

function namesIn(definition: DefinitionNode | undefined): string[] {
  const names: string[] = [];
  if (!definition) return names;
  visit(definition, {
    NamedType: (node: Extract<TypeNode, { kind: Kind.NAMED_TYPE }>) => void names.push(node.name.value),
  });
  return names;
}

const implementersOf = (name: string, document: DocumentNode): string[] =>
  document.definitions
    .filter((each): each is ObjectTypeDefinitionNode => each.kind === Kind.OBJECT_TYPE_DEFINITION)
    .filter(({ interfaces }) => interfaces?.some((each) => each.name.value === name))
    .map((each) => each.name.value);
