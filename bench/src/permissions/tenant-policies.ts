import type { AccessRow, DecisionContext, Declared, PolicySource, Principal, SeenObject } from '@countersign/kernel';
import { newId, tenantId } from '@countersign/kernel';
import { someone } from './house.ts';
import { attributes, declared, permissionOfRank, typeOf } from './policy-vocabulary.ts';

/** A tenant with many policies: rules of its departments, projects and regions, each about one of its permissions. */
export interface PolicyTenant {
  readonly access: AccessRow;
  readonly declared: Declared;
  readonly policies: readonly PolicySource[];
  /** As often about a permission as there are policies about it. */
  readonly questions: readonly Question[];
}

export interface Question {
  readonly principal: Principal;
  readonly permission: string;
  readonly object: SeenObject;
  readonly context: DecisionContext;
}

/**
 * `spread` gives each of 40 permissions some, the busiest a tenth of all; `one` puts all of them on one permission. One
 * question in ten meets a policy that is satisfied; who asks holds the permission, but for one in eight.
 */
export function policyTenant(count: number, how: 'spread' | 'one'): PolicyTenant {
  const rules = Array.from({ length: count }, (_, index) => ruleOf(index, permissionOfRank(how === 'one' ? 0 : index)));
  return {
    access: { revision: 1, region: 'eu', timeZone: 'UTC', attributes, settings: {} },
    declared,
    policies: rules.map(({ text }, index) => ({ id: `policy-${index}`, name: `policy ${index}`, version: 1, text })),
    questions: Array.from({ length: questions }, (_, index) => {
      const rule = rules[Math.floor((index * count) / questions)];
      if (!rule) throw new Error('A tenant without policies is not asked.');
      return questionOf(index, rule);
    }),
  };
}

const questions = 240;

interface Rule {
  readonly permission: string;
  readonly text: string;
  /** What of a question satisfies it. */
  readonly met: {
    readonly roles?: readonly string[];
    readonly groups?: readonly string[];
    readonly hour?: number;
    readonly object: Readonly<Record<string, unknown>>;
  };
}

/** Six kinds of rules, such as templates make, each with names of its own. */
function ruleOf(index: number, permission: string): Rule {
  const scope = (effect: string, who = 'principal') =>
    `${effect} (${who}, action == Action::"${permission}", resource is ${typeOf(permission)})`;
  const kinds: Omit<Rule, 'permission'>[] = [
    {
      text: `${scope('forbid', `principal in Role::"role ${index}"`)}
        when { resource.classification > ${index % 4} };`,
      met: { roles: [`role ${index}`], object: { classification: 4 } },
    },
    {
      text: `${scope('forbid')}
        when { resource has department && resource.department == "department ${index}" }
        unless { principal has department && principal.department == resource.department };`,
      met: { object: { department: `department ${index}` } },
    },
    {
      text: `${scope('permit', `principal in Group::"group ${index}"`)}
        when { resource.project == "project ${index}" };`,
      met: { groups: [`group ${index}`], object: { project: `project ${index}` } },
    },
    {
      text: `${scope('forbid', `principal in Role::"role ${index}"`)}
        when { resource.amount.greaterThan(decimal("${index}.0")) };`,
      met: { roles: [`role ${index}`], object: { amount: `${index}.5` } },
    },
    {
      text: `${scope('forbid')}
        when { resource.region == "region ${index}" }
        unless { context.hour >= 7 && context.hour < 20 && context.weekday <= 5 };`,
      met: { hour: 3, object: { region: `region ${index}` } },
    },
    {
      text: `${scope('forbid')}
        when { resource.tags.contains("tag ${index}") && resource.maker == principal.person };`,
      met: { object: { tags: [`tag ${index}`], maker: personAt(index).id } },
    },
  ];
  const kind = kinds[index % kinds.length] ?? kinds[0];
  if (!kind) throw new Error('There are no kinds of rules.');
  return { permission, ...kind };
}

function questionOf(index: number, { permission, met }: Rule): Question {
  const { roles = [], groups = [], hour = 9, object } = index % 10 === 0 ? met : { object: {} };
  const maker = object.maker;
  const asks = maker === undefined ? personAt(index) : { ...personAt(index), id: String(maker) };
  return {
    principal: { ...asks, roles: [...asks.roles, ...roles], groups: [...(asks.groups ?? []), ...groups] },
    permission,
    object: {
      type: typeOf(permission),
      id: `object-${index}`,
      attributes: {
        department: `section ${index % 50}`,
        project: `work ${index % 50}`,
        region: 'eu',
        classification: 0,
        amount: '0.5',
        maker: 'somebody else',
        tags: ['archive'],
        ...object,
      },
    },
    context: { now: '2026-11-24T09:30:00.000Z', hour, minute: 30, weekday: 2, date: '2026-11-24', region: 'eu' },
  };
}

const tenant = tenantId(newId());

const personAt = (index: number): Principal =>
  someone(tenant, {
    id: `user-${index % 24}`,
    roles: ['staff', `team ${index % 24}`, `site ${index % 3}`],
    groups: Array.from({ length: 5 }, (_, number) => `ward ${(index % 24) + number}`),
    permissions: index % 8 === 0 ? [] : ['bench:*:*'],
    attributes: { department: `unit ${index % 24}`, clearance: index % 4 },
  });
