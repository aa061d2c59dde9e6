import {
  type Access,
  CountersignError,
  type Database,
  type DecisionContext,
  decisionContext,
  type EntityManager,
  isUuid,
  type Principal,
  type PrincipalKind,
  personOf,
  type RequestContext,
  readPrincipal,
  type TenantRules,
} from '@countersign/kernel';
import { User } from '../entities/user.ts';
import { rolesGiving } from '../statements/candidates.ts';
import { readGrantGraph } from '../statements/grants.ts';
import { isThere } from '../statements/principals.ts';
import { type AskedPermission, askedObject } from './asked-object.ts';
import { type Explained, explained } from './explained.ts';
import { grantsOf } from './grants.ts';
import { insistMayExplain } from './may-explain.ts';
import { permitting, saidOn } from './policy-statements.ts';

export interface Explanation extends Explained {
  /** What would permit it, where nothing does. */
  readonly wouldPermit: readonly string[];
}

export type Whom = Pick<Principal, 'kind' | 'id'>;

/** Says why somebody may or may not do something, as everything stands at this moment. */
export class Explanations {
  readonly #database: Database;
  readonly #access: Access;
  readonly #now: () => Date;

  constructor(parts: { database: Database; access: Access; now: () => Date }) {
    this.#database = parts.database;
    this.#access = parts.access;
    this.#now = parts.now;
  }

  /**
   * About the caller, or somebody else: then it takes a permission. An object that the caller may not read is explained
   * as one that does not exist. Throws `FORBIDDEN`, `BAD_REQUEST`, and `NOT_FOUND` where there is nobody of that id.
   */
  explain(whom: Whom | null, asked: AskedPermission, caller: RequestContext): Promise<Explanation> {
    return this.#database.read(caller.principal, async (em) => {
      const context = { ...caller, principal: await this.#access.currentIn(em, caller.principal) };
      const { principal: asker } = context;
      const rules = await this.#access.rulesIn(em, asker.tenantId);
      const self = whom === null || (whom.kind === asker.kind && whom.id === asker.id);
      if (!self) insistMayExplain(context);
      const now = this.#now();
      const object = await askedObject(em, rules, { principal: asker, context: at(rules, context, now) }, asked);
      const principal = self
        ? asker
        : await readPrincipal(em, { ...whom, tenantId: asker.tenantId }, rules.access.revision);
      if (!principal) return this.#gone(em, whom ?? asker, asked.permission, object.kind === 'known');
      const moment = self ? at(rules, context, now) : at(rules, {}, now);
      const answer = explained(
        rules,
        { principal, name: await nameOf(em, principal, self), grants: await grantsIn(em, principal) },
        { permission: asked.permission, asked: object, context: moment },
      );
      const open = answer.decidedBy === 'nothing' && object.kind !== 'unknown';
      return { ...answer, wouldPermit: open ? await whatWouldPermit(em, rules, asked.permission) : [] };
    });
  }

  /** Who is there, and may not come in. */
  async #gone(em: EntityManager, { kind, id }: Whom, permission: string, objectKnown: boolean): Promise<Explanation> {
    if (!(await isThere(em, { kind, id })))
      throw new CountersignError('NOT_FOUND', `There is no ${titles[kind]} ${id}.`);
    const summary = `May not: the ${titles[kind]} is not active, and comes in no more.`;
    const nothing = { roles: [], policies: [], errors: [], lookedAt: [], wouldPermit: [] };
    return { permission, allowed: false, decidedBy: 'nothing', summary, objectKnown, ...nothing };
  }
}

const titles: Record<PrincipalKind, string> = {
  user: 'user',
  api_key: 'API key',
  connector: 'connector',
  service: 'service',
  platform_operator: 'platform operator',
};

const at = (
  rules: TenantRules,
  origin: Pick<RequestContext, 'surface' | 'workflow'> | object,
  now: Date,
): DecisionContext => decisionContext(rules.access, origin, now);

async function nameOf(em: EntityManager, principal: Principal, self: boolean): Promise<string> {
  if (self) return 'You';
  const holder = personOf(principal);
  const person = isUuid(holder) ? await em.findOne(User, { id: holder }) : null;
  const name = person?.name ?? holder ?? principal.id;
  return principal.kind === 'user' ? name : `The ${titles[principal.kind]} ${principal.id} of ${name}`;
}

async function grantsIn(em: EntityManager, principal: Principal) {
  const holder = personOf(principal);
  return holder !== undefined && isUuid(holder) ? grantsOf(await readGrantGraph(em, [holder]), holder) : [];
}

async function whatWouldPermit(em: EntityManager, rules: TenantRules, permission: string): Promise<string[]> {
  const roles = await rolesGiving(em, permission);
  const policies = permitting(saidOn(rules.policies, permission));
  return [
    ...roles.map(({ name }) => `The role "${name}" gives it.`),
    ...policies.map(({ policy: { name, version } }) => `The policy "${name}" (version ${version}) permits it to some.`),
  ];
}
