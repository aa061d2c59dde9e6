import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { holds, personOf, principalType } from '@countersign/kernel';
import type { PolicyTenant, Question } from './tenant-policies.ts';

/** Decides one question. */
export type Decide = (question: Question) => boolean;

/**
 * The peer: all of a tenant's policies in one set, parsed once, and Cedar asked as its own documentation does it, with
 * everything that is known of principal, object and moment.
 */
export function plainCedar({ policies }: PolicyTenant, id: string): Decide {
  const base = 'permit (principal, action, resource) when { context.granted };';
  const staticPolicies = Object.fromEntries([['base', base], ...policies.map((each) => [each.id, each.text])]);
  const parsed = cedar.preparsePolicySet(id, { staticPolicies });
  if (parsed.type === 'failure') throw new Error(parsed.errors.map(({ message }) => message).join('; '));
  return (question) => {
    const answer = cedar.statefulIsAuthorized({ ...callOf(question), preparsedPolicySetId: id });
    if (answer.type === 'failure') throw new Error(answer.errors.map(({ message }) => message).join('; '));
    return answer.response.decision === 'allow';
  };
}

/** Gives back what the engine holds of it. */
export function forget(id: string): void {
  cedar.preparsePolicySet(id, {});
}

function callOf({ principal, permission, object, context }: Question) {
  const user = { type: principalType(principal.kind), id: principal.id };
  const resource = { type: object.type, id: object.id };
  const { roles, groups = [], kind, id } = principal;
  const parents = [
    ...roles.map((role) => ({ type: 'Role', id: role })),
    ...groups.map((group) => ({ type: 'Group', id: group })),
  ];
  const attrs = { ...principal.attributes, id, kind, person: personOf(principal) ?? '', roles, groups };
  const amount = { __extn: { fn: 'decimal', arg: String(object.attributes.amount) } };
  const call = {
    principal: user,
    action: { type: 'Action', id: permission },
    resource,
    context: {
      ...context,
      now: { __extn: { fn: 'datetime', arg: context.now } },
      granted: holds(principal, permission),
    },
    entities: [
      { uid: user, attrs, parents },
      { uid: resource, attrs: { ...object.attributes, amount }, parents: [] },
    ],
  };
  // Its types want mutable records of Cedar values, which these are.
  return call as unknown as Omit<cedar.StatefulAuthorizationCall, 'preparsedPolicySetId'>;
}
