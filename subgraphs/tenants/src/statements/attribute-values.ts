import type { AttributeDeclaration, EntityManager } from '@countersign/kernel';

export interface Affected {
  readonly name: string;
  readonly people: number;
}

/** By attribute: how many people have a value that the declarations do not know, or of another type. */
export const misfits = (em: EntityManager, declared: readonly AttributeDeclaration[]): Promise<Affected[]> =>
  em.execute(
    `select had.key as name, count(*)::integer as people
     from tenants.app_user u
     cross join lateral jsonb_each(u.attributes) had
     left join jsonb_to_recordset(?::jsonb) as declared (name text, type text) on declared.name = had.key
     where u.deleted_at is null and not coalesce(
       case declared.type
         when 'String' then jsonb_typeof(had.value) = 'string'
         when 'Boolean' then jsonb_typeof(had.value) = 'boolean'
         when 'Long' then case when jsonb_typeof(had.value) = 'number'
           then (had.value #>> '{}')::numeric = trunc((had.value #>> '{}')::numeric)
             and abs((had.value #>> '{}')::numeric) <= 9007199254740991 end
         when 'Set<String>' then case when jsonb_typeof(had.value) = 'array'
           then not exists (select from jsonb_array_elements(had.value) as one (value) where jsonb_typeof(one.value) <> 'string')
           end
       end, false)
     group by had.key order by had.key`,
    [JSON.stringify(declared)],
  );

/** By attribute that is required: how many people have no value of it. */
export const lacking = (em: EntityManager, declared: readonly AttributeDeclaration[]): Promise<Affected[]> =>
  em.execute(
    `select declared.name, count(*)::integer as people
     from jsonb_to_recordset(?::jsonb) as declared (name text, required boolean)
     join tenants.app_user u on u.deleted_at is null and u.attributes -> declared.name is null
     where declared.required
     group by declared.name order by declared.name`,
    [JSON.stringify(declared)],
  );
