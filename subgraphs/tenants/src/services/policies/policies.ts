import { type Database, isUuid, type Principal } from '@countersign/kernel';
import { AccessPolicy, type AccessPolicyVersion } from '../../entities/access-policy.ts';
import { type VersionKey, type VersionPage, versionPages, versionsByKey } from '../../statements/policies.ts';
import { policyProblems, type SourceProblem } from './policy-check.ts';

/** The tenant's policies and their history, as they are read. */
export class Policies {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** By name, from behind the name. */
  listAfter(
    principal: Principal,
    { name, includeRetired }: { readonly name: string | undefined; readonly includeRetired: boolean },
    limit: number,
  ): Promise<AccessPolicy[]> {
    const where = { ...(name !== undefined && { name: { $gt: name } }), ...(!includeRetired && { retiredAt: null }) };
    return this.#database.read(principal, (em) => em.find(AccessPolicy, where, { orderBy: { name: 'asc' }, limit }));
  }

  async policy(principal: Principal, id: string): Promise<AccessPolicy | null> {
    return isUuid(id) ? this.#database.read(principal, (em) => em.findOne(AccessPolicy, { id })) : null;
  }

  /** In the order of the keys; null where there is none. */
  versions(principal: Principal, keys: readonly VersionKey[]): Promise<(AccessPolicyVersion | null)[]> {
    return this.#database.read(principal, (em) => versionsByKey(em, keys));
  }

  /** For each page its versions, the newest first. */
  versionPages(principal: Principal, pages: readonly VersionPage[]): Promise<AccessPolicyVersion[][]> {
    return this.#database.read(principal, (em) => versionPages(em, pages));
  }

  /** What would have to be mended in the text before it can be published. */
  problems(principal: Principal, source: string): Promise<readonly SourceProblem[]> {
    return this.#database.read(principal, (em) => policyProblems(em, source));
  }
}
