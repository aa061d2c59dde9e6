import 'reflect-metadata';
import { buildSubgraphSchema, printSubgraphSchema } from '@apollo/subgraph';
import { type DocumentNode, type GraphQLSchema, Kind, parse, specifiedDirectives } from 'graphql';
import { buildSchemaSync, createResolversMap, type NonEmptyArray } from 'type-graphql';
import { CountersignError } from '../errors.ts';
import { guard, type SubgraphPermissions } from '../permissions/guard.ts';
import { insist, type ShieldRule } from '../permissions/rules.ts';
import type { RequestContext } from '../principal/context.ts';
import { JsonScalar } from './json-scalar.ts';
import { loadTogether } from './loaders.ts';
import { permissionDirective, withPermissions } from './permission-directive.ts';
import type { Follow, ReferenceResolver, SubgraphDefinition, SubgraphParts } from './subgraph.ts';

const federation = parse(`extend schema @link(
  url: "https://specs.apollo.dev/federation/v2.9"
  import: ["@key", "@shareable", "@external", "@requires", "@provides", "@inaccessible", "@tag", "@override", "@composeDirective"]
)`);

/** Subscriptions say themselves what they follow; type-graphql's own topics would not survive a second process. */
const noTopics = {
  publish: () => {},
  subscribe: (): never => {
    throw new Error('A subscription has to say what it follows: `subscribe` in its decorator.');
  },
};

/** Stands in a subscription's decorator where its subgraph says what it follows: see `SubgraphParts.follows`. */
export const followed = (): never => {
  throw new Error('The subgraph does not say what this subscription follows.');
};

export interface BuiltSchema {
  readonly schema: GraphQLSchema;
  /** What composition takes. */
  readonly sdl: string;
  readonly permissions: SubgraphPermissions;
}

/** Builds a subgraph's guarded federation schema from its classes and what it adds at run time. */
export function buildSubgraph(definition: SubgraphDefinition, parts: SubgraphParts): BuiltSchema {
  const instances = new Map(parts.resolvers.map((resolver) => [resolver.constructor, resolver]));
  const base = buildSchemaSync({
    resolvers: [...instances.keys()] as NonEmptyArray<Function>, // A subgraph without resolvers is refused by type-graphql.
    orphanedTypes: [...(definition.types ?? [])],
    container: { get: (type: Function) => instances.get(type) },
    scalarsMap: [{ type: Object, scalar: JsonScalar }],
    directives: [...specifiedDirectives],
    pubSub: noTopics,
    validate: false,
    skipCheck: true,
  });
  const permissions = mergePermissions(definition.permissions, parts.extension?.permissions);
  const own = parse(printSubgraphSchema(base));
  const added = parts.extension ? [parts.extension.typeDefs] : [];
  const marked = [own, ...added].map((document) => withPermissions(document, permissions));
  const typeDefs = [federation, permissionDirective, ...marked];
  const resolvers = mergeResolvers(
    createResolversMap(base),
    parts.extension?.resolvers ?? {},
    followingResolvers(createResolversMap(base).Subscription, parts.follows ?? {}),
    referenceResolvers(entityNames(typeDefs), parts.references ?? {}, permissions.entities ?? {}),
  );
  const modules = typeDefs.map((document, index) => ({
    typeDefs: document,
    resolvers: index === typeDefs.length - 1 ? resolvers : {},
  }));
  // Apollo's own type of a resolver map is not exported.
  const schema = buildSubgraphSchema(modules as Parameters<typeof buildSubgraphSchema>[0]);
  return { schema: guard(schema, permissions), sdl: printSubgraphSchema(schema), permissions };
}

function mergePermissions(own: SubgraphPermissions, added: SubgraphPermissions | undefined): SubgraphPermissions {
  if (!added) return own;
  return {
    ...own,
    catalogue: [...own.catalogue, ...added.catalogue],
    Query: { ...own.Query, ...added.Query },
    Mutation: { ...own.Mutation, ...added.Mutation },
  };
}

type ResolverMap = Record<string, unknown>;

function mergeResolvers(...maps: ResolverMap[]): ResolverMap {
  const merged: ResolverMap = {};
  for (const map of maps) {
    for (const [type, fields] of Object.entries(map)) {
      const before = merged[type];
      merged[type] = isPlainObject(before) && isPlainObject(fields) ? { ...before, ...fields } : fields;
    }
  }
  return merged;
}

const isPlainObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

function followingResolvers(own: unknown, follows: Readonly<Record<string, Follow>>): ResolverMap {
  const fields = isPlainObject(own) ? new Map(Object.entries(own)) : new Map<string, object>();
  const following = Object.entries(follows).map(([name, follow]) => {
    const field = fields.get(name);
    if (!field) throw new Error(`There is no subscription ${name} to follow something.`);
    const subscribe = (_source: unknown, args: Record<string, unknown>, context: RequestContext) =>
      follow(args, context);
    return [name, { ...field, subscribe }] as const;
  });
  return following.length > 0 ? { Subscription: Object.fromEntries(following) } : {};
}

/** Every type with a `@key`: each is a way in, named in permissions.ts or denied. */
function entityNames(documents: readonly DocumentNode[]): string[] {
  return documents
    .flatMap((document) => document.definitions)
    .filter((node) => node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION)
    .filter((node) => node.directives?.some((directive) => directive.name.value === 'key'))
    .map((node) => node.name.value);
}

/** `_entities` resolves one representation at a time; a loader per operation makes one call of them, guarded by type. */
function referenceResolvers(
  entities: readonly string[],
  resolvers: Readonly<Record<string, ReferenceResolver>>,
  rules: Readonly<Record<string, ShieldRule>>,
): ResolverMap {
  const names = new Set([...entities, ...Object.keys(resolvers), ...Object.keys(rules)]);
  return Object.fromEntries(
    [...names].map((type) => [
      type,
      {
        __resolveReference: async (reference: Record<string, unknown>, context: RequestContext) => {
          await assertAllowed(type, rules[type], reference, context);
          const resolve = resolvers[type];
          return resolve
            ? loadTogether(context, `_entities ${type}`, reference, (references) => resolve(references, context))
            : reference;
        },
      },
    ]),
  );
}

async function assertAllowed(type: string, rule: ShieldRule | undefined, reference: object, context: RequestContext) {
  if (!rule) throw new CountersignError('FORBIDDEN', `${type} cannot be resolved by its key.`);
  await insist(rule, reference, {}, context);
}
