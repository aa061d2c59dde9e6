import { type AttributeMapping, type MappableAttribute, pathOf } from './attribute-mapping.ts';
import type { GroupAttribute, UserAttribute } from './directory.ts';
import { resourceSchema } from './message.ts';

/** What a name in a filter or in `sortBy` stands for. */
export type Term<Attribute extends string> =
  | { readonly kind: 'text' | 'boolean' | 'dateTime' | 'reference'; readonly attribute: Attribute }
  /** The same for every resource. */
  | { readonly kind: 'constant'; readonly value: string | boolean }
  /** The first of two attributes that has a value. */
  | { readonly kind: 'fallback'; readonly attribute: Attribute; readonly otherwise: Attribute };

/** The whitelist of one type of resource, by names in lower case. */
export interface Terms<Attribute extends string> {
  readonly schema: string;
  readonly terms: ReadonlyMap<string, Term<Attribute>>;
}

export function userTerms(mapping: AttributeMapping): Terms<UserAttribute> {
  const address = emailTerm(mapping);
  const terms: [string, Term<UserAttribute>][] = [
    ['id', text('id')],
    ['externalId', text('externalId')],
    ['userName', text('userName')],
    ['displayName', text('displayName')],
    ['name.formatted', text('displayName')],
    ['name.givenName', text('givenName')],
    ['name.familyName', text('familyName')],
    ['active', { kind: 'boolean', attribute: 'active' }],
    ['meta.created', { kind: 'dateTime', attribute: 'createdAt' }],
    ['meta.lastModified', { kind: 'dateTime', attribute: 'updatedAt' }],
    ['meta.resourceType', { kind: 'constant', value: 'User' }],
    ['emails', address],
    ['emails.value', address],
    // A user has one address, and it is shown so.
    ['emails.type', { kind: 'constant', value: 'work' }],
    ['emails.primary', { kind: 'constant', value: true }],
  ];
  for (const [name, own] of Object.entries(mapping) as [MappableAttribute, string][]) {
    // `Object.entries` widens the keys that the mapping's type has.
    if (name === 'email') continue;
    const term = text<UserAttribute>(`attributes.${own}`);
    terms.push([pathOf(name), term], [name, term]);
    if (name === 'manager') terms.push([`${pathOf(name)}.value`, term], ['manager.value', term]);
  }
  return { schema: resourceSchema.user, terms: byLowerCase(terms) };
}

export const groupTerms: Terms<GroupAttribute> = {
  schema: resourceSchema.group,
  terms: byLowerCase<GroupAttribute>([
    ['id', text('id')],
    ['externalId', text('externalId')],
    ['displayName', text('displayName')],
    ['members', { kind: 'reference', attribute: 'members' }],
    ['members.value', { kind: 'reference', attribute: 'members' }],
    ['meta.created', { kind: 'dateTime', attribute: 'createdAt' }],
    ['meta.lastModified', { kind: 'dateTime', attribute: 'updatedAt' }],
    ['meta.resourceType', { kind: 'constant', value: 'Group' }],
  ]),
};

export function termOf<Attribute extends string>(
  { schema, terms }: Terms<Attribute>,
  path: string,
): Term<Attribute> | undefined {
  const name = path.toLowerCase();
  const core = `${schema.toLowerCase()}:`;
  return terms.get(name.startsWith(core) ? name.slice(core.length) : name);
}

function emailTerm({ email }: AttributeMapping): Term<UserAttribute> {
  return email === undefined
    ? text('userName')
    : { kind: 'fallback', attribute: `attributes.${email}`, otherwise: 'userName' };
}

function text<Attribute extends string>(attribute: Attribute): Term<Attribute> {
  return { kind: 'text', attribute };
}

function byLowerCase<Attribute extends string>(
  entries: readonly [string, Term<Attribute>][],
): ReadonlyMap<string, Term<Attribute>> {
  return new Map(entries.map(([name, term]) => [name.toLowerCase(), term]));
}
