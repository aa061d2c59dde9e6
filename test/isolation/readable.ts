import type { Caller } from './holdings.ts';
import { isOnAccessList, mayOn } from './policies.ts';
import type { Row, Snapshot } from './rows.ts';

/** Whether a caller may read a row of their own tenant's. */
type Rule = (row: Row['values'], caller: Caller, snapshot: Snapshot) => boolean;

/**
 * Who may read which rows, in plain words: the tenants' border is drawn before. What is not named here nobody may read,
 * and `unnamed` tells of it, so that a new table is not forgotten.
 */
const rules: Readonly<Record<string, Rule>> = {
  'tenants.tenant': everybody,
  'tenants.app_user': everybody,
  'tenants.app_user#address': (row, caller) =>
    row.id === caller.person || seesAddresses(caller) || caller.holds('tenants:directory:provision') || isDoor(caller),
  'tenants.app_user#attributes': everybody,
  'tenants.role': everybody,
  'tenants.role_include': everybody,
  'tenants.user_group': (row, caller) => aboutPeople(caller) || caller.groups.has(String(row.name)),
  'tenants.group_member': (row, caller) => aboutPeople(caller) || row.user_id === caller.person,
  'tenants.group_child': (_row, caller) => aboutPeople(caller),
  'tenants.assignment': (row, caller) => aboutPeople(caller) || row.user_id === caller.person,
  'tenants.api_key': (row, caller) =>
    caller.holds('tenants:key:administer') || caller.holds('tenants:access:explain') || row.id === caller.id,
  'tenants.api_key#hidden': nobody,
  'tenants.session': (row, caller) =>
    caller.holds('tenants:identity:administer') || (caller.kind === 'user' && row.user_id === caller.id),
  'tenants.session#hidden': nobody,
  'tenants.identity_provider': (_row, caller) => caller.holds('tenants:identity:administer') || isDoor(caller),
  'tenants.identity_provider#hidden': (_row, caller) => isDoor(caller),
  'tenants.identity': nobody,
  'tenants.secret_in_waiting': nobody,
  'tenants.operator_access': (row, caller) =>
    caller.holds('tenants:identity:administer') || (caller.kind === 'platform_operator' && row.operator === caller.id),
  'tenants.policy': (_row, caller) => aboutPolicies(caller),
  'tenants.policy_version': (_row, caller) => aboutPolicies(caller),
  'tenants.access_change': mayReadChange,
  'tenants.access_change#content': (row, caller) =>
    mayReadChange(row, caller) &&
    (seesAddresses(caller) || !isAboutPerson(row) || (row.author_kind === caller.kind && row.author_id === caller.id)),
  // A refusal names the policy in force that refuses.
  'kernel.policy': everybody,
  'kernel.access': (_row, caller) => caller.holds('tenants:user:read') || caller.holds('tenants:policy:read'),

  'knowledge.source': nobody,
  'knowledge.document': mayReadDocument,
  'knowledge.passage': ({ document_id }, caller, snapshot) => {
    const document = snapshot.one('knowledge.document', document_id);
    return document !== undefined && mayReadDocument(document.values, caller, snapshot);
  },

  'inference.answer': (row, caller) =>
    caller.holds('inference:answer:read') &&
    (caller.holds('inference:answer:audit') || (row.asked_by_kind === caller.kind && row.asked_by_id === caller.id)),

  'actions.action': mayReadAction,
  'actions.action#data': (row, caller, snapshot) =>
    mayReadAction(row, caller, snapshot) && (row.data_class === 'NONE' || seesActionData(caller)),
  'actions.action#hidden': nobody,
  // Of who may read all of its steps.
  'actions.bundle': ({ id }, caller, snapshot) =>
    snapshot
      .of('actions.action')
      .every(({ values }) => values.bundle_id !== id || mayReadAction(values, caller, snapshot)),
  'actions.bundle#hidden': nobody,
  'actions.approval': ofReadableAction,
  'actions.evidence': ofReadableAction,
  'actions.evidence#quote': (row, caller, snapshot) =>
    ofReadableAction(row, caller, snapshot) && seesActionData(caller),
  'actions.log_entry': mayReadEntry,
  'actions.log_entry#values': (row, caller, snapshot) => mayReadEntry(row, caller, snapshot) && seesActionData(caller),
  'actions.log_head': (_row, caller) => caller.holds('actions:log:read'),
  'actions.log_tree_head': (_row, caller) => caller.holds('actions:log:read'),
  'actions.log_node': (_row, caller) => caller.holds('actions:log:read'),
  // What keeps somebody from approving or executing is told to them.
  'actions.gate': (_row, caller) =>
    ['read', 'approve', 'execute'].some((verb) => caller.holds(`actions:action:${verb}`)),
  'actions.delegation': (_row, caller) => caller.holds('actions:action:read'),
  'actions.autonomy_setting': (_row, caller) => caller.holds('actions:action:read'),
  // Whoever decides on it may name it.
  'actions.autonomy_proposal': (_row, caller) =>
    caller.holds('actions:action:read') || caller.holds('actions:autonomy:administer'),
  'actions.autonomy_standing': (_row, caller) => caller.holds('actions:action:read'),
  'actions.autonomy_rules': (_row, caller) => caller.holds('actions:action:read'),
  'actions.autonomy_refusal': (_row, caller) => caller.holds('actions:action:read'),
  'actions.suspension': (_row, caller) => caller.holds('actions:action:read'),
  'actions.webhook_endpoint': seesWebhooks,
  'actions.webhook_endpoint#hidden': nobody,
  'actions.webhook_delivery': seesWebhooks,
  'actions.webhook_delivery#hidden': nobody,
  // What keeps an action waiting is told to who proposes or executes it.
  'actions.connector_health': (_row, caller) =>
    ['read', 'execute', 'undo'].some((verb) => caller.holds(`actions:action:${verb}`)),
  'actions.connector_installation': (_row, caller) => caller.holds('actions:connector:read'),

  'billing.price': (_row, caller) => caller.holds('billing:budget:read'),
  'billing.budget': (_row, caller) => caller.holds('billing:budget:read'),
  'billing.month_spent': (_row, caller) => caller.holds('billing:budget:read'),
  'billing.meter_event': (_row, caller) => caller.holds('billing:economics:read'),
  'billing.action_outcome': (_row, caller) => caller.holds('billing:economics:read'),
};

/** Whether the caller may read the row: never across the border of tenants. */
export function mayRead(row: Row, caller: Caller, snapshot: Snapshot): boolean {
  if (row.tenantId === null) return true;
  const isOwn = row.tenantId === caller.tenantId;
  // Where the gateway asks before it knows who comes, the provider's audience says which tenant it is.
  if (!isOwn && !(isDoor(caller) && row.kind.startsWith('tenants.identity_provider'))) return false;
  return rules[row.kind]?.(row.values, caller, snapshot) ?? false;
}

/** The tables of which nothing is said here. */
export const unnamed = (tables: readonly string[]): string[] => tables.filter((table) => rules[table] === undefined);

/** Rows that hold what somebody made: shown to their maker in the answer that made them. */
export const isSomebodysWork = ({ kind }: Row): boolean => rules[kind] !== undefined && rules[kind] !== nobody;

function everybody(): boolean {
  return true;
}

function nobody(): boolean {
  return false;
}

const aboutPolicies = (caller: Caller): boolean =>
  caller.holds('tenants:policy:read') || caller.holds('tenants:policy:administer');

const seesAddresses = (caller: Caller): boolean => caller.holds('tenants:sensitive:read');

const seesActionData = (caller: Caller): boolean => caller.holds('actions:sensitive:read');

const isAboutPerson = ({ subject }: Row['values']): boolean =>
  typeof subject === 'object' && subject !== null && 'type' in subject && subject.type === 'User';

const aboutPeople = (caller: Caller): boolean =>
  caller.holds('tenants:user:read') || caller.holds('tenants:access:explain');

/** The gateway's own principal. */
const isDoor = ({ kind }: Caller): boolean => kind === 'service';

/** Whoever administers them is shown what they changed. */
function seesWebhooks(_row: Row['values'], caller: Caller): boolean {
  return ['read', 'administer'].some((verb) => caller.holds(`actions:webhook:${verb}`));
}

function mayReadDocument(document: Row['values'], caller: Caller, snapshot: Snapshot): boolean {
  return isOnAccessList(caller, document) && mayOn(snapshot, caller, 'knowledge:document:read', document);
}

function mayReadAction(action: Row['values'], caller: Caller, snapshot: Snapshot): boolean {
  return mayOn(snapshot, caller, 'actions:action:read', action);
}

function ofReadableAction({ action_id }: Row['values'], caller: Caller, snapshot: Snapshot): boolean {
  const action = snapshot.one('actions.action', action_id);
  return action !== undefined && mayReadAction(action.values, caller, snapshot);
}

function mayReadEntry(entry: Row['values'], caller: Caller, snapshot: Snapshot): boolean {
  return caller.holds('actions:log:read') && (entry.action_id === null || ofReadableAction(entry, caller, snapshot));
}

function mayReadChange(change: Row['values'], caller: Caller): boolean {
  return caller.holds('tenants:policy:read') || change.author_person === caller.person;
}
