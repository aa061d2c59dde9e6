import { type GraphQLSchema, isNonNullType, isObjectType } from 'graphql';
import type { IMiddlewareFunction } from 'graphql-middleware';
import { CountersignError } from '../errors.ts';
import type { BuiltInPolicy, ObjectTypeDeclaration, PermissionDeclaration } from './declarations.ts';
import { permissionOf, type ShieldRule } from './rules.ts';
import { type SensitiveField, sensitiveRule } from './sensitive.ts';
import { middlewareLibrary, shieldLibrary } from './shield-loader.ts';
import { guardSubscriptions } from './subscriptions.ts';

/** A subgraph's policy, readable from top to bottom. What is not named is denied. */
export interface SubgraphPermissions {
  /** The permissions that this subgraph knows. */
  readonly catalogue: readonly PermissionDeclaration[];
  /** The types of object that its permissions are decided on. */
  readonly objectTypes?: readonly ObjectTypeDeclaration[];
  /** The product's own rules about its permissions, for explanations. */
  readonly builtInPolicies?: readonly BuiltInPolicy[];
  readonly Query?: Readonly<Record<string, ShieldRule>>;
  readonly Mutation?: Readonly<Record<string, ShieldRule>>;
  readonly Subscription?: Readonly<Record<string, ShieldRule>>;
  /** Who may resolve an entity by its key, by type name: the way in that other subgraphs take. */
  readonly entities?: Readonly<Record<string, ShieldRule>>;
  /** Fields more sensitive than the object they stand on. They must be nullable. */
  readonly fields?: Readonly<Record<string, Readonly<Record<string, ShieldRule>>>>;
  /** Fields that are masked, or refused, for those who lack a permission of their own. They must be nullable. */
  readonly sensitive?: Readonly<Record<string, Readonly<Record<string, SensitiveField>>>>;
}

const deny: ShieldRule = shieldLibrary.rule('deny', { cache: 'no_cache' })(
  () => new CountersignError('FORBIDDEN', 'Nothing permits this.'),
);
const federationFields = new Set(['_entities', '_service']);

/**
 * Puts graphql-shield at every way into the schema: each root field and each sensitive field. Plain fields of an object
 * that was let through carry no rule; they would cost more than the query. Entities are guarded where they resolve.
 */
export function guard(schema: GraphQLSchema, permissions: SubgraphPermissions): GraphQLSchema {
  assertDeclared(permissions);
  const guarded = new Map<string, Record<string, ShieldRule>>();
  for (const root of ['Query', 'Mutation'] as const) {
    const rules = rootRules(schema, root, permissions[root] ?? {});
    if (Object.keys(rules).length > 0) guarded.set(root, rules);
  }
  for (const [type, rules] of Object.entries(permissions.fields ?? {})) {
    for (const field of Object.keys(rules)) assertField(schema, type, field);
    guarded.set(type, { ...rules });
  }
  for (const field of Object.keys(permissions.Subscription ?? {})) assertField(schema, 'Subscription', field);
  const middleware = generate(schema, guarded);
  const sensitive = sensitiveRules(schema, permissions.sensitive ?? {});
  const behindRules = middlewareLibrary.applyMiddleware(schema, middleware, sensitive);
  guardSubscriptions(behindRules, permissions.Subscription ?? {}, deny);
  return behindRules;
}

function rootRules(schema: GraphQLSchema, root: 'Query' | 'Mutation', rules: Readonly<Record<string, ShieldRule>>) {
  for (const field of Object.keys(rules)) assertField(schema, root, field);
  const type = schema.getType(root);
  const fields = isObjectType(type) ? Object.keys(type.getFields()).filter((name) => !federationFields.has(name)) : [];
  return Object.fromEntries(fields.map((field) => [field, rules[field] ?? deny]));
}

/** Shield makes a middleware for every field of the schema; only the guarded ones are kept. */
function generate(schema: GraphQLSchema, guarded: Map<string, Record<string, ShieldRule>>) {
  const generator = shieldLibrary.shield(Object.fromEntries(guarded), {
    allowExternalErrors: true,
    fallbackRule: deny,
    fallbackError: new CountersignError('FORBIDDEN', 'Nothing permits this.'),
  });
  const all = generator.generate(schema) as Record<string, Record<string, IMiddlewareFunction>>;
  const kept: Record<string, Record<string, IMiddlewareFunction>> = {};
  for (const [type, rules] of guarded) {
    const entries = Object.keys(rules).map((field) => [field, all[type]?.[field]] as const);
    const present = entries.filter((entry): entry is readonly [string, IMiddlewareFunction] => entry[1] !== undefined);
    if (present.length > 0) kept[type] = Object.fromEntries(present);
  }
  return kept;
}

function sensitiveRules(schema: GraphQLSchema, sensitive: NonNullable<SubgraphPermissions['sensitive']>) {
  return Object.fromEntries(
    Object.entries(sensitive).map(([typeName, fields]) => {
      for (const field of Object.keys(fields)) {
        assertField(schema, typeName, field);
        const type = schema.getType(typeName);
        if (!isObjectType(type) || !isNonNullType(type.getFields()[field]?.type)) continue;
        throw new Error(`${typeName}.${field} is sensitive, so it must be nullable.`);
      }
      return [
        typeName,
        Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, sensitiveRule(field)])),
      ];
    }),
  );
}

/** A rule that asks for a permission which nobody declares would let nobody through, and nobody would know why. */
function assertDeclared(permissions: SubgraphPermissions): void {
  const { catalogue, objectTypes = [], Query, Mutation, Subscription, entities, fields, sensitive } = permissions;
  const declared = new Set(catalogue.map(({ name }) => name));
  const used = [Query, Mutation, Subscription, entities, ...Object.values(fields ?? {})].flatMap((rules) =>
    Object.values(rules ?? {}),
  );
  const sensitiveFields = Object.values(sensitive ?? {}).flatMap((each) => Object.values(each));
  const asked = [...used.map(permissionOf), ...sensitiveFields.map(({ permission }) => permission)];
  for (const permission of asked) {
    if (permission === undefined || declared.has(permission)) continue;
    throw new Error(`permissions.ts asks for ${permission}, which its catalogue does not declare.`);
  }
  const types = new Set(objectTypes.map(({ type }) => type));
  for (const { name, on } of catalogue) {
    if (on !== undefined && !types.has(on)) throw new Error(`${name} is decided on ${on}, which is not declared.`);
  }
}

function assertField(schema: GraphQLSchema, typeName: string, field: string): void {
  const type = schema.getType(typeName);
  if (!isObjectType(type) || !type.getFields()[field]) {
    throw new Error(`permissions.ts names ${typeName}.${field}, which the schema does not have.`);
  }
}
