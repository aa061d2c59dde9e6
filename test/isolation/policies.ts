import { type Caller, list } from './holdings.ts';
import type { Row, Snapshot } from './rows.ts';

/** A policy in Cedar, and the same said in plain code. */
interface KnownPolicy {
  readonly name: string;
  readonly permission: string;
  readonly effect: 'permit' | 'forbid';
  readonly text: string;
  readonly applies: (caller: Caller, object: Row['values']) => boolean;
}

const readDocument = 'principal, action == Action::"knowledge:document:read", resource is Document';
const readAction = 'principal, action == Action::"actions:action:read", resource is ProposedAction';

/** The policies that the tenants of this test publish: the only ones that the oracle understands. */
export const knownPolicies: readonly KnownPolicy[] = [
  {
    name: 'clearance',
    permission: 'knowledge:document:read',
    effect: 'forbid',
    text: `forbid (${readDocument}) unless { principal has clearance && principal.clearance >= resource.classification };`,
    applies: ({ attributes: { clearance } }, { classification }) =>
      !(typeof clearance === 'number' && clearance >= Number(classification)),
  },
  {
    name: 'own department',
    permission: 'knowledge:document:read',
    effect: 'forbid',
    text: `forbid (${readDocument}) when { resource has department } unless { principal has department && principal.department == resource.department };`,
    applies: ({ attributes }, { department }) => department !== null && attributes.department !== department,
  },
  {
    name: 'leaflets for everybody',
    permission: 'knowledge:document:read',
    effect: 'permit',
    text: `permit (${readDocument}) when { resource.classification == 0 };`,
    applies: (_caller, { classification }) => classification === 0,
  },
  {
    name: 'actions of the own department',
    permission: 'actions:action:read',
    effect: 'forbid',
    text: `forbid (${readAction}) when { resource has makerDepartment } unless { principal has department && principal.department == resource.makerDepartment };`,
    applies: ({ attributes }, { maker_department: department }) =>
      department !== null && attributes.department !== department,
  },
  {
    name: 'what one proposed oneself',
    permission: 'actions:action:read',
    effect: 'permit',
    text: `permit (${readAction}) when { resource.makerId == principal.id };`,
    applies: ({ id }, { maker_id: makerId }) => makerId === id,
  },
  {
    name: 'nothing of high risk without the role operator',
    permission: 'actions:action:read',
    effect: 'forbid',
    text: `forbid (${readAction}) when { resource.risk == "HIGH" } unless { principal.roles.contains("operator") };`,
    applies: ({ roles }, { risk }) => risk === 'HIGH' && !roles.has('operator'),
  },
];

const byText = new Map(knownPolicies.map((policy) => [policy.text, policy]));

/** Roles permit, policies permit more, and any policy that forbids has the last word. */
export function mayOn(snapshot: Snapshot, caller: Caller, permission: string, object: Row['values']): boolean {
  const said = snapshot
    .of('kernel.policy')
    .filter(({ tenantId }) => tenantId === caller.tenantId)
    .map(({ values }) => understood(String(values.source)))
    .filter((policy) => policy.permission === permission && policy.applies(caller, object));
  const permitted = caller.holds(permission) || said.some(({ effect }) => effect === 'permit');
  return permitted && !said.some(({ effect }) => effect === 'forbid');
}

function understood(text: string): KnownPolicy {
  const policy = byText.get(text.replace(/\/\/.*$/gm, '').trim());
  if (!policy)
    throw new Error(`The oracle does not understand this policy; say in policies.ts what it means:\n${text}`);
  return policy;
}

/** The reader's part of a document's own access list. */
export function isOnAccessList(caller: Caller, document: Row['values']): boolean {
  return (
    caller.holds('knowledge:document:administer') ||
    document.ingested_by === `${caller.kind}:${caller.id}` ||
    list(document.roles).some((role) => caller.roles.has(role))
  );
}
