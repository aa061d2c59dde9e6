import {
  anyone,
  createSchema,
  type Database,
  defineSubgraph,
  type EntityManager,
  migration,
  newId,
  tenantId,
  tenantTable,
} from '@countersign/kernel';
import { Query, Resolver } from 'type-graphql';

@Resolver()
class NotesThere {
  @Query(() => Boolean, { description: 'Whether there is anything.' })
  notesThere(): boolean {
    return true;
  }
}

export interface NoteAttributes {
  readonly owner: string;
  readonly classification: unknown;
  readonly department?: string;
}

const note = (verb: string) =>
  ({ name: `knowledge:note:${verb}`, description: verb, risk: 'LOW', on: 'Note' }) as const;

/** A subgraph with one type of object, as policies see it. */
export const notes = defineSubgraph({
  name: 'knowledge',
  entities: [],
  migrations: [
    migration('knowledge/notes', [
      ...createSchema('knowledge'),
      'create table knowledge.note (tenant_id uuid not null, id uuid primary key, attributes jsonb not null)',
      ...tenantTable('knowledge.note', ['select', 'insert', 'update', 'delete']),
      `create function kernel.object_note(id uuid) returns jsonb language sql stable
         as $$ select n.attributes from knowledge.note n where n.id = $1 $$`,
    ]),
  ],
  permissions: {
    catalogue: [
      { ...note('read'), listed: true },
      note('change'),
      { name: 'knowledge:note:export', description: 'export', risk: 'HIGH' },
      { name: 'knowledge:note:administer', description: 'administer', risk: 'HIGH' },
    ],
    objectTypes: [
      {
        type: 'Note',
        description: 'A note.',
        noun: 'note',
        readPermission: 'knowledge:note:read',
        attributes: [
          { name: 'owner', type: 'String', required: true, description: 'Whose it is.' },
          { name: 'classification', type: 'Long', required: true, description: '0 to 3.' },
          { name: 'department', type: 'String', required: false, description: 'Where it belongs.' },
        ],
      },
    ],
    builtInPolicies: [
      {
        id: 'owner-alone',
        name: 'A note is changed by its owner',
        text: 'forbid (principal, action == Action::"knowledge:note:change", resource) unless { resource.owner == principal.person };',
        exempt: 'knowledge:note:administer',
      },
    ],
    Query: { notesThere: anyone },
  },
  assemble: () => ({ resolvers: [new NotesThere()] }),
});

export async function addNote(database: Database, tenant: string, attributes: NoteAttributes): Promise<string> {
  const id = newId();
  await database.withTenant({ tenantId: tenantId(tenant) }, (em) =>
    em.execute('insert into knowledge.note (tenant_id, id, attributes) values (?, ?, ?::jsonb)', [
      tenant,
      id,
      JSON.stringify(attributes),
    ]),
  );
  return id;
}

export interface Recorded {
  readonly kind?: string;
  readonly id: string;
  readonly permission: string;
  readonly objectType?: string;
  readonly objectId?: string;
  readonly allowed: boolean;
  readonly times?: number;
  readonly at: Date;
  readonly object?: object | null;
  readonly context?: object | null;
}

const hourMs = 3_600_000;

/** Puts decisions into the records as they are kept: those of an hour that are alike are one. */
export const record = (database: Database, tenant: string, decisions: readonly Recorded[]): Promise<unknown> =>
  database.withTenant({ tenantId: tenantId(tenant) }, (em) => recordIn(em, tenant, decisions));

/** The same in the transaction that is open. */
export async function recordIn(em: EntityManager, tenant: string, decisions: readonly Recorded[]): Promise<void> {
  const rows = new Map<string, object & { times: number }>();
  for (const each of decisions) {
    const row = {
      hour: new Date(Math.floor(each.at.getTime() / hourMs) * hourMs).toISOString(),
      kind: each.kind ?? 'user',
      id: each.id,
      permission: each.permission,
      type: each.objectType ?? '',
      object_id: each.objectId ?? '',
      allowed: each.allowed,
    };
    const key = Object.values(row).join(' ');
    const times = (rows.get(key)?.times ?? 0) + (each.times ?? 1);
    const looked = { at: each.at.toISOString(), object: each.object ?? null, context: each.context ?? null };
    rows.set(key, { ...row, ...looked, times });
  }
  await em.execute(
    `insert into kernel.access_decision
     select ?::uuid, hour, kind, id, permission, type, object_id, allowed, 'rbac', null, times, at, object, context
     from jsonb_to_recordset(?::jsonb) as row (hour timestamptz, kind text, id text, permission text, type text,
       object_id text, allowed boolean, times integer, at timestamptz, object jsonb, context jsonb)`,
    [tenant, JSON.stringify([...rows.values()])],
  );
}
