import type { AccessRecord, BuiltInPolicy } from '@countersign/kernel';
import { refTo } from './proposed-action.ts';

export const approvePermission = 'actions:action:approve';

/**
 * Whoever proposed or changed an action does not approve it, under whatever name they come: it is the person that counts, not the
 * key that they sign in with. `mayApprove` enforces it; said as a policy, it can be explained like one.
 */
export const makerIsNotChecker: BuiltInPolicy = {
  id: 'maker-is-not-checker',
  name: 'Maker is not checker',
  text: `forbid (principal, action == Action::"${approvePermission}", resource is ProposedAction)
when {
  (resource.makerPerson != "" && resource.makerPerson == principal.person) ||
  resource.makerId == principal.id ||
  resource.editors.contains(principal.id) ||
  (principal.person != "" && resource.editors.contains(principal.person))
};`,
};

/** What is written down where the rule refused; the version is that of built-in policies. */
export const ownPlanRefused = (actionId: string, reason: string): AccessRecord => ({
  permission: approvePermission,
  object: refTo(actionId),
  allowed: false,
  by: 'policy',
  policy: `${makerIsNotChecker.name} 1`,
  reason,
});
