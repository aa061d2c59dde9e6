import { type EntityManager, newId } from '@countersign/kernel';
import { User } from '../../entities/user.ts';
import { hasAdmin } from '../../statements/admins.ts';
import { existingRoles, giveRole, linkIdentity, rolesAssignedTo, takeRole } from '../../statements/identities.ts';
import { assignedByProvider } from '../../statements/identity-providers.ts';
import { changeKind } from '../changes/change.ts';
import { insistEmail } from '../changes/user-rules.ts';
import type { Assertion } from './claimed-person.ts';
import { planSignIn, type SignInPlan } from './plan.ts';

/** Somebody may not sign in, for a reason that is for the log alone. */
export class NotAdmitted extends Error {}

/**
 * Makes or finds the person that a provider's assertion is about, and brings roles and attributes in line with it. The
 * tenant agreed to that when the provider was configured. Throws `NotAdmitted`.
 */
export const signInByProvider = changeKind<Assertion & { readonly reason: string }, { readonly userId: string }>({
  name: 'user.sign-in',
  permission: 'tenants:identity:administer',
  needsNoApproval: true,
  apply: async (em, assertion, { principal: { tenantId }, now }) => {
    const plan = await planSignIn(em, assertion);
    if ('reason' in plan) throw new NotAdmitted(plan.reason);
    const { provider, person, attributes, linked } = plan;
    const before = plan.user && (await contentOf(em, plan.user, linked));
    const user = plan.user ?? newUser(em, plan, tenantId, now);
    user.attributes = attributes;
    await em.flush();
    const gift = { tenantId, userId: user.id, reason: assertion.reason };
    if (!linked) await linkIdentity(em, { ...gift, providerId: provider.id, subject: person.subject });
    const standard = plan.user ? [] : await existingRoles(em, provider.defaultRoles);
    // What a person begins with is theirs from then on: an admin may take it back, and it does not come again.
    for (const roleId of standard)
      await giveRole(em, { ...gift, roleId, assignedBy: `service:provider:${provider.id}` });
    for (const roleId of plan.give)
      await giveRole(em, { ...gift, roleId, assignedBy: assignedByProvider(provider.id) });
    await takeRoles(em, plan, gift);
    const after = await contentOf(em, user, true);
    return { result: { userId: user.id }, subject: { type: 'User', id: user.id, name: user.name }, before, after };
  },
});

function newUser(em: EntityManager, { person, attributes }: SignInPlan, tenantId: string, createdAt: Date): User {
  const email = insistAddress(person.email);
  const name =
    person.name
      ?.replaceAll(/\p{Cc}/gu, ' ')
      .trim()
      .slice(0, 100)
      .toWellFormed() || email.slice(0, 100);
  const user = em.create(User, { id: newId(), tenantId, email, name, attributes, active: true, createdAt });
  em.persist(user);
  return user;
}

function insistAddress(email: string | null): string {
  try {
    return insistEmail(email ?? '', []);
  } catch {
    throw new NotAdmitted('What the provider calls the address is none.');
  }
}

/** The last admin stays one, whatever the provider says: nobody else could mend what it says. */
async function takeRoles(
  em: EntityManager,
  { take, provider }: SignInPlan,
  gift: { tenantId: string; userId: string; reason: string },
): Promise<void> {
  const assignedBy = assignedByProvider(provider.id);
  const hadAdmin = take.length > 0 && (await hasAdmin(em));
  for (const roleId of take) {
    await takeRole(em, gift.userId, roleId, assignedBy);
    if (hadAdmin && !(await hasAdmin(em))) await giveRole(em, { ...gift, roleId, assignedBy });
  }
}

async function contentOf(em: EntityManager, { id, email, name, active, attributes }: User, linked: boolean) {
  const roles = (await rolesAssignedTo(em, id)).map((role) => role.name);
  return { email, name, active, attributes: { ...attributes }, roles, linked };
}
