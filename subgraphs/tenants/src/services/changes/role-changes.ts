import { type EntityManager, isUuid, newId, problem } from '@countersign/kernel';
import { Assignment } from '../../entities/assignment.ts';
import { Role } from '../../entities/role.ts';
import { includesOf, includesRole, namesOf, patternsOf, setIncludes, unknownPatterns } from '../../statements/roles.ts';
import { type Author, changeKind, insistMayGrant } from './change.ts';
import { insistName } from './names.ts';

export interface RoleDraft {
  readonly name: string;
  readonly description: string;
  readonly permissions: readonly string[];
  /** Ids of the roles whose permissions it has, too. */
  readonly includes: readonly string[];
  readonly reason: string | null;
}

export interface RoleUpdate {
  readonly id: string;
  /** What is absent stays as it is. */
  readonly name?: string;
  readonly description?: string;
  readonly permissions?: readonly string[];
  readonly includes?: readonly string[];
  readonly reason: string | null;
}

const permission = 'tenants:role:administer';
const mostPatterns = 200;
const pattern = /^(\*|[\w.-]{1,100}):(\*|[\w.-]{1,100}):(\*|[\w.-]{1,100})$/;

/** Refuses with `NAME_INVALID`, `NAME_TAKEN`, `PERMISSION_UNKNOWN`, `CANNOT_GRANT`, `ROLE_NOT_FOUND`. */
export const createRole = changeKind<RoleDraft, Role>({
  name: 'role.create',
  permission,
  apply: async (em, draft, author) => {
    const name = await insistFreeName(em, draft.name);
    const permissions = await insistGrantable(em, draft.permissions, author);
    await insistIncludable(em, draft.includes, author);
    const { tenantId } = author.principal;
    const description = draft.description.trim();
    const role = em.create(Role, { id: newId(), tenantId, name, description, permissions, builtIn: false });
    em.persist(role);
    await em.flush();
    await setIncludes(em, tenantId, role.id, draft.includes);
    return { result: role, subject: subjectOf(role), before: null, after: await contentOf(em, role) };
  },
});

/** Refuses like `createRole`, and with `ROLE_BUILT_IN`, `ROLE_CYCLE`. Permissions that stay need not be held. */
export const updateRole = changeKind<RoleUpdate, Role>({
  name: 'role.update',
  permission,
  mayRemoveAdmin: true,
  apply: async (em, update, author) => {
    const role = await insistOwnRole(em, update.id);
    const before = await contentOf(em, role);
    // Who has the role is then of that name, and of the roles that come to be included.
    const gained: string[] = [];
    if (update.name !== undefined && update.name.trim() !== role.name) {
      role.name = await insistFreeName(em, update.name);
      gained.push(role.name);
    }
    if (update.description !== undefined) role.description = update.description.trim();
    if (update.permissions) {
      const added = update.permissions.filter((each) => !role.permissions.includes(each));
      await insistGrantable(em, added, author);
      role.permissions = [...new Set(update.permissions)].sort();
    }
    if (update.includes) {
      const had = new Set(before.includes);
      const added = update.includes.filter((id) => !had.has(id));
      await insistIncludable(em, added, author);
      gained.push(...(await namesOf(em, added)));
      if (await includesRole(em, update.includes, role.id)) {
        throw problem('ROLE_CYCLE', `The role "${role.name}" would contain itself.`, ['input', 'includes']);
      }
      await setIncludes(em, role.tenantId, role.id, update.includes);
    }
    await em.flush();
    const told = { subject: subjectOf(role), before, after: await contentOf(em, role) };
    return { result: role, gained: { path: ['input'], roles: gained }, ...told };
  },
});

/** Refuses with `ROLE_NOT_FOUND`, `ROLE_BUILT_IN`, `ROLE_IN_USE`: revoke it first, so that nobody loses it unseen. */
export const deleteRole = changeKind<{ readonly id: string; readonly reason: string | null }, Role>({
  name: 'role.delete',
  permission,
  apply: async (em, { id }, _author) => {
    const role = await insistOwnRole(em, id);
    const before = await contentOf(em, role);
    const assignments = await em.count(Assignment, { roleId: id });
    const [{ includers } = { includers: 0 }]: { includers: number }[] = await em.execute(
      'select count(*)::integer as includers from tenants.role_include where included_id = ?',
      [id],
    );
    if (assignments + includers > 0) {
      const message = `The role "${role.name}" is assigned ${assignments} times and included in ${includers} roles: revoke it there first.`;
      throw problem('ROLE_IN_USE', message, ['input', 'id'], { assignments, includers });
    }
    const result = { ...role };
    em.remove(role);
    await em.flush();
    return { result, subject: subjectOf(role), before, after: null };
  },
});

export async function insistRole(em: EntityManager, id: string, path: string[]): Promise<Role> {
  const role = isUuid(id) ? await em.findOne(Role, { id }) : null;
  if (!role) throw problem('ROLE_NOT_FOUND', 'There is no such role.', path);
  return role;
}

async function insistOwnRole(em: EntityManager, id: string): Promise<Role> {
  const role = await insistRole(em, id, ['input', 'id']);
  if (!role.builtIn) return role;
  const message = `The role "${role.name}" came with the tenant and stays as it is: make one of your own that includes it.`;
  throw problem('ROLE_BUILT_IN', message, ['input', 'id']);
}

async function insistFreeName(em: EntityManager, wanted: string): Promise<string> {
  const name = insistName(wanted, ['input', 'name']);
  const [taken] = await em.execute('select from tenants.role where lower(name) = lower(?)', [name]);
  if (taken) throw problem('NAME_TAKEN', `There is a role "${name}" already.`, ['input', 'name']);
  return name;
}

async function insistGrantable(em: EntityManager, patterns: readonly string[], author: Author): Promise<string[]> {
  const path = ['input', 'permissions'];
  const wanted = [...new Set(patterns)].sort();
  if (wanted.length > mostPatterns) {
    throw problem('TOO_MANY', `A role has at most ${mostPatterns} permissions; this one has ${wanted.length}.`, path);
  }
  const malformed = wanted.filter((each) => !pattern.test(each));
  const unknown = malformed.length > 0 ? malformed : await unknownPatterns(em, wanted);
  if (unknown.length > 0) {
    const message = `There is no permission ${unknown.join(', ')}; permissionCatalog lists those that there are.`;
    throw problem('PERMISSION_UNKNOWN', message, path, { permissions: unknown });
  }
  insistMayGrant(author, wanted, path);
  return wanted;
}

async function insistIncludable(em: EntityManager, ids: readonly string[], author: Author): Promise<void> {
  const path = ['input', 'includes'];
  for (const id of ids) await insistRole(em, id, path);
  insistMayGrant(author, await patternsOf(em, ids), path);
}

const subjectOf = ({ id, name }: Role) => ({ type: 'Role', id, name });

async function contentOf(em: EntityManager, { id, name, description, permissions }: Role) {
  return { name, description, permissions: [...permissions], includes: await includesOf(em, id) };
}
