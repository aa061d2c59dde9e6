import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { escapeIdentifier, escapeLiteral, type Pool } from 'pg';
import { CountersignError } from '../errors.ts';
import { createPool } from './postgres.ts';
import { databaseRoles } from './session.ts';

/**
 * Lets the role that the product logs in with act as the narrow roles, one transaction at a time, and makes it if it is
 * not there. It inherits nothing of theirs: outside such a transaction it may read and write nothing. Needs the roles
 * of the kernel's first migration, and PostgreSQL 16 or newer.
 *
 * Throws `CONFIG_INVALID` for a role that would see through row-level security: a superuser, one that bypasses it, or
 * an owner of tables.
 */
export async function ensureLoginRole(ownerUrl: string, loginUrl: string): Promise<void> {
  const { username, password } = new URL(loginUrl);
  const role = decodeURIComponent(username);
  if (!role) throw unfit('it must name a user: postgres://USER:PASSWORD@HOST/DATABASE');
  const pool = createPool(ownerUrl, 1);
  try {
    const found = await describeRole(pool, role);
    if (found?.superuser) throw unfit(`${role} is a superuser`);
    if (found?.bypasses) throw unfit(`${role} bypasses row-level security`);
    if (found?.owns) throw unfit(`${role} owns tables`);
    if (!found) await pool.query(createRole(role, decodeURIComponent(password)));
    const roles = databaseRoles.map((each) => `countersign_${each}`).join(', ');
    await pool.query(`grant ${roles} to ${escapeIdentifier(role)} with inherit false, set true`);
  } finally {
    await pool.end();
  }
}

interface RoleDescription {
  readonly superuser: boolean;
  readonly bypasses: boolean;
  readonly owns: boolean;
}

async function describeRole(pool: Pool, role: string): Promise<RoleDescription | undefined> {
  const { rows } = await pool.query<RoleDescription>(
    `select rolsuper as superuser, rolbypassrls as bypasses,
            exists (select from pg_class where relkind in ('r', 'p')
                      and pg_has_role(pg_roles.oid, relowner, 'member')) as owns
     from pg_roles where rolname = $1`,
    [role],
  );
  return rows[0];
}

const createRole = (role: string, password: string): string =>
  `create role ${escapeIdentifier(role)} login noinherit nosuperuser nocreatedb nocreaterole
     ${password ? `password ${escapeLiteral(scramVerifier(password))}` : ''}`;

/**
 * What PostgreSQL keeps of a password (RFC 5803, RFC 7677). Made here, so that the password itself is never in a
 * statement, and so never in a server's log.
 */
function scramVerifier(password: string): string {
  const iterations = 4_096;
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, iterations, 32, 'sha256');
  const keyOf = (name: string) => createHmac('sha256', salted).update(name).digest();
  const stored = createHash('sha256').update(keyOf('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored}:${keyOf('Server Key').toString('base64')}`;
}

const unfit = (why: string): CountersignError =>
  new CountersignError(
    'CONFIG_INVALID',
    `COUNTERSIGN_DATABASE_URL: ${why}. Name a role that owns no tables and does not bypass row-level security, or one that does not exist yet.`,
  );
