import type { Constructor } from '@mikro-orm/core';
import { Migration } from '@mikro-orm/migrations';
import { type DatabaseRole, databaseRoles } from './session.ts';

export interface NamedMigration {
  /** `subgraph/001-what`: applied once, in the order of the list. */
  readonly name: string;
  readonly statements: readonly string[];
  readonly migration: Constructor<Migration>;
}

/** A migration from its statements, one statement (or one `do` block) each. */
export function migration(name: string, statements: readonly string[]): NamedMigration {
  return {
    name,
    statements,
    migration: class extends Migration {
      override up(): void {
        for (const statement of statements) this.addSql(statement);
      }
    },
  };
}

/** Makes the database roles that are not there yet. */
export const createRoles = `do $$
begin
${databaseRoles
  .map(
    (role) => `  if not exists (select from pg_roles where rolname = 'countersign_${role}') then
    create role countersign_${role} nologin;
  end if;`,
  )
  .join('\n')}
end $$`;

export type Privilege = 'select' | 'insert' | 'update' | 'delete';

/** The statements that put a subgraph's schema up, reachable for the roles. */
export const createSchema = (schema: string): string[] => [
  `create schema if not exists ${schema}`,
  `grant usage on schema ${schema} to countersign_app, countersign_relay, countersign_sealer, countersign_worker`,
];

/**
 * The statements that make a table (which must have a `tenant_id uuid` column) a tenant's own: row-level security, forced
 * also on its owner, and just the named privileges for the application's role. A privilege that is not named is not held.
 */
export const tenantTable = (table: string, privileges: readonly Privilege[]): string[] => [
  `alter table ${table} enable row level security`,
  `alter table ${table} force row level security`,
  `create policy tenant on ${table} to countersign_app using (tenant_id = kernel.tenant_id()) with check (tenant_id = kernel.tenant_id())`,
  `grant ${privileges.join(', ')} on ${table} to countersign_app`,
];

/** The statements that let one of the narrow roles see every tenant's rows of a table, with just these privileges. */
export const acrossTenants = (
  table: string,
  role: Exclude<DatabaseRole, 'app'>,
  privileges: readonly Privilege[] | string,
): string[] => [
  `create policy ${role} on ${table} to countersign_${role} using (true) with check (true)`,
  `grant ${typeof privileges === 'string' ? privileges : privileges.join(', ')} on ${table} to countersign_${role}`,
];
