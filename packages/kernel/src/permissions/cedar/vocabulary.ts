export type AttributeType = 'String' | 'Long' | 'Boolean' | 'Decimal' | 'Set<String>';

export interface AttributeDeclaration {
  /** A letter, then up to 63 letters, digits and underscores. */
  readonly name: string;
  readonly type: AttributeType;
  readonly required: boolean;
  readonly description: string;
}

/** An object of a type that policies may speak of, and what they see of it. */
export interface ResourceDeclaration {
  /** A Cedar type name. Not `User`, `Machine`, `Role`, `Group` or `Action`: those are principals, or Cedar's own. */
  readonly type: string;
  readonly attributes: readonly AttributeDeclaration[];
}

/** All that a tenant's policies may speak of. It is never changed once made: what is worked out from it is kept. */
export interface Vocabulary {
  /** The tenant's own; the built-in ones come of themselves and cannot be redefined. */
  readonly principalAttributes: readonly AttributeDeclaration[];
  readonly resources: readonly ResourceDeclaration[];
  /** `resource` is the type of object that it is decided on; absent, the tenant as a whole, `Tenant`. */
  readonly permissions: readonly { readonly name: string; readonly resource?: string }[];
}

/** What policies see of a moment; `granted` is added from the request. */
export interface PolicyContext {
  /** ISO 8601, UTC. */
  readonly now: string;
  readonly hour: number;
  readonly minute: number;
  readonly weekday: number;
  readonly date: string;
  readonly region: string;
  readonly surface?: string;
  readonly workflow?: string;
}

export interface PolicyPrincipal {
  /** `user` becomes a Cedar `User`, every other kind a `Machine`. */
  readonly kind: string;
  readonly id: string;
  readonly person: string;
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface ContextDeclaration extends Omit<AttributeDeclaration, 'type'> {
  readonly type: AttributeType | 'Datetime';
}

const required = <T extends AttributeType | 'Datetime'>(name: string, type: T, description: string) => ({
  name,
  type,
  required: true,
  description,
});

export const builtInPrincipalAttributes: readonly AttributeDeclaration[] = [
  required('id', 'String', 'Id of the user or machine.'),
  required('person', 'String', 'Id of the user behind it: its own for a user, the owner for an API key.'),
  required('kind', 'String', 'user, api_key, connector, service or platform_operator.'),
  required('roles', 'Set<String>', 'Names of its roles.'),
  required('groups', 'Set<String>', 'Names of its groups, direct and through others.'),
];

export const contextAttributes: readonly ContextDeclaration[] = [
  required('now', 'Datetime', 'The moment of the decision.'),
  required('hour', 'Long', "0 to 23, in the tenant's time zone."),
  required('minute', 'Long', '0 to 59.'),
  required('weekday', 'Long', '1 is Monday, 7 is Sunday.'),
  required('date', 'String', 'YYYY-MM-DD.'),
  required('region', 'String', "The tenant's region."),
  required('granted', 'Boolean', 'Whether a role or grant gives the permission.'),
  { name: 'surface', type: 'String', required: false, description: 'Where the request came from.' },
  { name: 'workflow', type: 'String', required: false, description: 'The workflow that the request is part of.' },
];

/** Cedar's name for the principal's kind. */
export const principalType = (kind: string): 'User' | 'Machine' => (kind === 'user' ? 'User' : 'Machine');

/** The type of object that the permission is decided on; undefined for a permission that is not declared. */
export function resourceTypeOf(vocabulary: Vocabulary, permission: string): string | undefined {
  return lexiconOf(vocabulary).permissions.get(permission);
}

/**
 * What is declared of `principal.x`, `context.x`, or `resource.x` where the resource is of the type; undefined if
 * nothing is.
 */
export function declarationOf(
  vocabulary: Vocabulary,
  path: string,
  resourceType: string,
): ContextDeclaration | undefined {
  const { principal, context, resources } = lexiconOf(vocabulary);
  const [of, name = ''] = path.split(/\.(.*)/s);
  if (of === 'principal') return principal.get(name);
  if (of === 'context') return context.get(name);
  return resources.get(resourceType)?.get(name);
}

interface Lexicon {
  readonly principal: Declarations<AttributeDeclaration>;
  readonly context: Declarations<ContextDeclaration>;
  readonly resources: ReadonlyMap<string, Declarations<AttributeDeclaration>>;
  /** Permission to type of object. */
  readonly permissions: ReadonlyMap<string, string>;
}
type Declarations<T> = ReadonlyMap<string, T>;

const lexicons = new WeakMap<Vocabulary, Lexicon>();

/** The vocabulary by name. Throws `TypeError` for one that Cedar could not be told of. */
export function lexiconOf(vocabulary: Vocabulary): Lexicon {
  let lexicon = lexicons.get(vocabulary);
  if (!lexicon) {
    const named = vocabulary.permissions.map(({ name, resource = 'Tenant' }) => [name, resource] as const);
    const bare = ['Tenant', ...named.map(([, type]) => type)].map((type) => ({ type, attributes: [] }));
    lexicon = {
      principal: byName([...vocabulary.principalAttributes, ...builtInPrincipalAttributes]),
      context: byName(contextAttributes),
      resources: new Map(
        [...bare, ...vocabulary.resources].map(({ type, attributes }) => [resourceName(type), byName(attributes)]),
      ),
      permissions: new Map(named),
    };
    lexicons.set(vocabulary, lexicon);
  }
  return lexicon;
}

function byName<T extends { readonly name: string }>(declarations: readonly T[]): Declarations<T> {
  for (const { name } of declarations) {
    if (!/^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(name)) throw new TypeError(`${name} cannot be an attribute's name.`);
  }
  return new Map(declarations.map((each) => [each.name, each]));
}

function resourceName(type: string): string {
  if (!/^[A-Z][A-Za-z0-9_]{0,63}$/.test(type) || /^(User|Machine|Role|Group|Action)$/.test(type)) {
    throw new TypeError(`${type} cannot be the name of a type of object in policies.`);
  }
  return type;
}
