/** A piece of SQL with its values, which never stand in the text. */
export interface Sql {
  readonly sql: string;
  readonly params: readonly unknown[];
}

/** What an attribute of a filter stands for. Nothing else can be filtered or sorted by. */
export interface Column extends Sql {
  /** `exact` is compared as it stands, `text` in whatever case. */
  readonly kind: 'id' | 'exact' | 'text' | 'boolean' | 'time' | 'members';
  readonly nullable: boolean;
}

export type ColumnOf = (attribute: string) => Column | undefined;

const column = (kind: Column['kind'], sql: string, nullable = false): Column => ({ kind, sql, nullable, params: [] });

// Times are shown in milliseconds, so that they are compared in milliseconds.
const time = (name: string) => column('time', `date_trunc('milliseconds', ${name})`);

const ofUsers = new Map<string, Column>([
  ['id', column('id', 'u.id')],
  ['externalId', column('exact', 'u.external_id', true)],
  ['userName', column('text', 'u.email')],
  ['displayName', column('text', 'u.name')],
  ['givenName', column('text', 'u.given_name', true)],
  ['familyName', column('text', 'u.family_name', true)],
  ['active', column('boolean', 'u.active')],
  ['createdAt', time('u.created_at')],
  ['updatedAt', time('u.updated_at')],
]);

/** `attributes.x` is the tenant's own attribute x, as text; the values of a set stand behind each other, with commas. */
export const userColumn: ColumnOf = (attribute) => {
  const [, own] = /^attributes\.([A-Za-z][A-Za-z0-9_]{0,63})$/.exec(attribute) ?? [];
  if (own === undefined) return ofUsers.get(attribute);
  const sql = `case jsonb_typeof(u.attributes -> ?::text)
    when 'array' then (select string_agg(each, ', ') from jsonb_array_elements_text(u.attributes -> ?::text) as each)
    else u.attributes ->> ?::text end`;
  return { kind: 'text', sql: `(${sql})`, nullable: true, params: [own, own, own] };
};

const ofGroups = new Map<string, Column>([
  ['id', column('id', 'g.id')],
  ['externalId', column('exact', 'g.external_id', true)],
  ['displayName', column('text', 'g.name')],
  ['members', column('members', 'g.id')],
  ['createdAt', time('g.created_at')],
  ['updatedAt', time('g.updated_at')],
]);

export const groupColumn: ColumnOf = (attribute) => ofGroups.get(attribute);
