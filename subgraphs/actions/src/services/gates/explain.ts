import type { Demand, Limit, OneOf, Requirements } from './applicable.ts';
import type { Shortfall } from './coverage.ts';
import type { GateRef } from './gate.ts';
import type { Exceeded } from './limits.ts';
import type { ClosedBy, Schedule } from './windows.ts';
import { lengthOfTime, listed, numberWord, several } from './words.ts';

/** Everything that gates ask for, one sentence each. */
export function explainRequirements({ demands, waivedBy, schedule, limits, undoWithin }: Requirements): string[] {
  return [
    ...waivedBy.map((gate) => `No approval is needed: ${the(gate)}.`),
    ...demands.flatMap(explainDemand),
    ...explainSchedule(schedule),
    ...limits.map(explainLimit),
    ...(undoWithin
      ? [`It can be undone for ${lengthOfTime(undoWithin.ms)} after it was done: ${the(undoWithin.gate)}.`]
      : []),
  ];
}

/** `Two approvals are needed, one from the role cfo: the gate "Large payments".` */
export function explainDemand(demand: Demand): string[] {
  const { count, oneOf, gate, ttlMinutes, escalation } = demand;
  const needed = `${numberWord(count)} ${several(count, 'approval is', 'approvals are')} needed`;
  const sentences = [`${needed}${amongThem(count, oneOf)}${conditions(demand)}: ${the(gate)}.`];
  if (escalation) {
    const roles = listed(escalation.roles, 'or');
    const after = lengthOfTime(escalation.afterMinutes * 60_000);
    sentences.push(
      `After ${after} it is escalated to the ${several(escalation.roles.length, 'role')} ${roles}: ${the(gate)}.`,
    );
  }
  if (ttlMinutes !== null) sentences.push(`An approval holds for ${lengthOfTime(ttlMinutes * 60_000)}: ${the(gate)}.`);
  return sentences;
}

/** What is still missing for one demand; for one that is met, that it is. */
export function explainShortfall(demand: Demand, { count, oneOf }: Shortfall): string {
  if (count === 0) return `Enough have approved: ${the(demand.gate)}.`;
  // One person may be of all that is asked for, so it may take fewer people than there are kinds of them.
  const atLeast = oneOf.length > count ? 'At least ' : '';
  const number = atLeast ? numberWord(count).toLowerCase() : numberWord(count);
  const needed = `${atLeast}${number} more ${several(count, 'approval is', 'approvals are')} needed`;
  return `${needed}${amongThem(count, oneOf)}${conditions(demand)}: ${the(demand.gate)}.`;
}

export function explainSchedule({ windows, freezes }: Schedule): string[] {
  return [
    ...windows.map(({ gate, windows: alternatives }) => {
      const each = alternatives.map(
        ({ timeZone, rule, start, durationMinutes }) =>
          `for ${lengthOfTime(durationMinutes * 60_000)} at ${start.slice(11)} (${timeZone}) by ${rule} from ${start.slice(0, 10)} on`,
      );
      return `It may be executed ${listed(each, 'or')}: ${the(gate)}.`;
    }),
    ...freezes.map(
      ({ gate, from, until, reason }) =>
        `It cannot be executed from ${from.toISOString()} until ${until.toISOString()}, because of "${reason}": ${the(gate)}.`,
    ),
  ];
}

export function explainClosed(closed: ClosedBy): string {
  switch (closed.kind) {
    case 'FREEZE':
      return `It cannot be executed before ${closed.until.toISOString()}, because of "${closed.reason}": ${the(closed.gate)}.`;
    case 'WINDOWS':
      return closed.opensAt === null
        ? `Its change windows do not open any more within five years: ${the(closed.gate)}.`
        : `Its change window opens at ${closed.opensAt.toISOString()}: ${the(closed.gate)}.`;
  }
}

export function explainLimit(limit: Limit): string {
  switch (limit.kind) {
    case 'AMOUNT':
      return `One action is about ${limit.most} ${limit.currency} at most: ${the(limit.gate)}.`;
    case 'SUM':
      return `Within ${lengthOfTime(limit.windowMs)}, ${limit.most} ${limit.currency} at most are moved ${scope[limit.per]}: ${the(limit.gate)}.`;
    case 'COUNT':
      return `Within ${lengthOfTime(limit.windowMs)}, ${limit.most} ${several(limit.most, 'action')} at most ${several(limit.most, 'is', 'are')} done ${scope[limit.per]}: ${the(limit.gate)}.`;
  }
}

export function explainExceeded({ limit, reason, left, freeAt }: Exceeded): string {
  const rest = limit.kind === 'COUNT' ? `${left} more ${several(left, 'action')}` : `${left} ${limit.currency}`;
  switch (reason) {
    case 'TOO_MUCH':
      return `It is more than may ever be done at once. ${explainLimit(limit)}`;
    case 'OTHER_CURRENCY':
      return `It is about another currency than the limit, which allows ${rest}: ${the(limit.gate)}.`;
    case 'USED_UP': {
      const wait = freeAt === null ? 'others hold the rest without an end' : `it fits from ${freeAt.toISOString()} on`;
      return `${rest} ${several(left, 'is', 'are')} left, and ${wait}. ${explainLimit(limit)}`;
    }
  }
}

/** How a sentence names its reason. */
const the = (gate: GateRef | null): string =>
  gate === null ? 'whoever proposes an action does not approve it' : `the gate "${gate.name}"`;

const scope = { TENANT: 'in all', USER: 'for one person', TOOL: 'by one tool' } as const;

function amongThem(count: number, oneOf: readonly OneOf[]): string {
  if (oneOf.length === 0) return '';
  const each = oneOf.map((one) => (count === 1 && oneOf.length === 1 ? from(one) : `one ${from(one)}`));
  return `, ${listed(each, 'and')}`;
}

function from({ kind, names, orRoles }: OneOf): string {
  // Ids of people say nothing to who reads a sentence.
  const someone = names.length === 1 ? 'the person that it names' : `one of the ${names.length} people that it names`;
  const noun = { ROLE: 'the role', GROUP: 'the group' };
  const named = kind === 'PERSON' ? someone : `${several(names.length, noun[kind])} ${listed(names, 'or')}`;
  const others = orRoles.length === 0 ? '' : ` or ${several(orRoles.length, 'the role')} ${listed(orRoles, 'or')}`;
  return `from ${named}${others}`;
}

function conditions({ count, distinctDepartments, notMakersDepartment, mustSeeAll }: Demand): string {
  const whose = [
    ...(distinctDepartments && count > 1 ? ['each from a different department'] : []),
    ...(notMakersDepartment ? ["not from its maker's department"] : []),
    ...(mustSeeAll ? ['by people who may see all of its data'] : []),
  ];
  return whose.map((each) => `, ${each}`).join('');
}
