import type { Database } from '../database/database.ts';
import type { SubgraphPermissions } from './guard.ts';

/**
 * Writes down what a subgraph of this version declares, so that every process can list it, and policies can be checked
 * against it, also for subgraphs that run elsewhere. What is declared no more goes.
 */
export async function registerPermissions(
  database: Database,
  { name, permissions }: { readonly name: string; readonly permissions: SubgraphPermissions },
): Promise<void> {
  const declared = permissions.catalogue.map(({ name: permission, description, risk, on = null, listed = false }) => ({
    name: permission,
    description,
    risk,
    resource: on,
    listed,
  }));
  const types = (permissions.objectTypes ?? []).map(({ type, description, noun, readPermission, attributes }) => ({
    type,
    description,
    noun,
    read_permission: readPermission,
    attributes,
  }));
  const builtIn = (permissions.builtInPolicies ?? []).map(({ id, name: title, text, exempt = null }) => ({
    id,
    name: title,
    source: text,
    exempt,
  }));
  await database.asRole('registrar', async (em) => {
    // Two processes of the same version write the same; one after the other.
    await em.execute('select pg_advisory_xact_lock(hashtext(?))', [`countersign permissions of ${name}`]);
    await em.execute(
      `delete from kernel.permission where subgraph = ?
         and not exists (select from jsonb_array_elements(?::jsonb) as kept where kept ->> 'name' = permission.name)`,
      [name, JSON.stringify(declared)],
    );
    await em.execute(
      `insert into kernel.permission (name, subgraph, description, risk, resource, listed)
       select name, ?, description, risk, resource, listed
       from jsonb_to_recordset(?::jsonb)
         as row (name text, description text, risk text, resource text, listed boolean)
       on conflict (name) do update set subgraph = excluded.subgraph, description = excluded.description,
         risk = excluded.risk, resource = excluded.resource, listed = excluded.listed`,
      [name, JSON.stringify(declared)],
    );
    await em.execute(
      `delete from kernel.resource_type where subgraph = ?
         and not exists (select from jsonb_array_elements(?::jsonb) as kept where kept ->> 'type' = resource_type.type)`,
      [name, JSON.stringify(types)],
    );
    await em.execute(
      `insert into kernel.resource_type (type, subgraph, description, noun, read_permission, attributes)
       select type, ?, description, noun, read_permission, attributes
       from jsonb_to_recordset(?::jsonb)
         as row (type text, description text, noun text, read_permission text, attributes jsonb)
       on conflict (type) do update set subgraph = excluded.subgraph, description = excluded.description,
         noun = excluded.noun, read_permission = excluded.read_permission, attributes = excluded.attributes`,
      [name, JSON.stringify(types)],
    );
    await em.execute('delete from kernel.built_in_policy where subgraph = ?', [name]);
    await em.execute(
      `insert into kernel.built_in_policy (id, subgraph, name, source, exempt)
       select id, ?, name, source, exempt
       from jsonb_to_recordset(?::jsonb) as row (id text, name text, source text, exempt text)`,
      [name, JSON.stringify(builtIn)],
    );
  });
}
