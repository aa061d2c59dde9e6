import { type Database, type Principal, type RequestContext, servicePrincipal } from '@countersign/kernel';
import type { AccessChanges } from '../changes/access-changes.ts';
import type { Directory } from '../directory.ts';
import type { Assertion } from './claimed-person.ts';
import { changesNothing, planSignIn } from './plan.ts';
import { NotAdmitted, signInByProvider } from './sign-in-change.ts';

/** Where those come in whom a tenant's own identity provider vouches for. */
export class Entrance {
  readonly #database: Database;
  readonly #directory: Directory;
  readonly #changes: AccessChanges;

  constructor(parts: { database: Database; directory: Directory; changes: AccessChanges }) {
    this.#database = parts.database;
    this.#directory = parts.directory;
    this.#changes = parts.changes;
  }

  /** Who they are here; null for who may not come in. Why not is in the server's log, without what names the person. */
  async enter(assertion: Assertion, context: RequestContext): Promise<Principal | null> {
    const userId = await this.#admit(assertion, context).catch((error: unknown) => {
      if (!(error instanceof NotAdmitted)) throw error;
      context.log.warn({ provider: assertion.providerId, reason: error.message }, 'A sign-in was turned away');
      return null;
    });
    return userId === null ? null : this.#directory.resolve(context.principal, { kind: 'user', id: userId });
  }

  async #admit(assertion: Assertion, context: RequestContext): Promise<string> {
    const plan = await this.#database.read(context.principal, (em) => planSignIn(em, assertion));
    if ('reason' in plan) throw new NotAdmitted(plan.reason);
    if (plan.user && changesNothing(plan)) return plan.user.id;
    // The log names the provider: it is the one that says so.
    const provider = servicePrincipal(context.principal.tenantId, `provider:${plan.provider.id}`, [
      signInByProvider.permission,
    ]);
    const input = { ...assertion, reason: `identity provider ${plan.provider.name}` };
    const { result } = await this.#changes.make(signInByProvider, input, { ...context, principal: provider });
    if (!result) throw new Error('A sign-in does not wait for a second person.');
    return result.userId;
  }
}
