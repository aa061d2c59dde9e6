import { millisecondsOf } from '@countersign/plugin-sdk';
import type { Gate, GateRef, LimitScope, Risk } from './gate.ts';
import type { Schedule } from './windows.ts';

/** What approvals one gate asks for; `gate` is null for the product's own rule of maker and checker. */
export interface Demand {
  readonly gate: GateRef | null;
  /** How many people, each counted once. */
  readonly count: number;
  /** Of each of these, one at least is among them. */
  readonly oneOf: readonly OneOf[];
  readonly distinctDepartments: boolean;
  readonly notMakersDepartment: boolean;
  readonly mustSeeAll: boolean;
  readonly ttlMinutes: number | null;
  readonly escalation: { readonly afterMinutes: number; readonly roles: readonly string[] } | null;
}

export interface OneOf {
  readonly kind: 'ROLE' | 'GROUP' | 'PERSON';
  readonly names: readonly string[];
  /** Who has one of these roles will do as well, since it was escalated; empty before. */
  readonly orRoles: readonly string[];
}

/** One limit of one gate. `window` is how far back it looks, `windowMs` the same in milliseconds. */
export type Limit =
  | { readonly kind: 'AMOUNT'; readonly gate: GateRef; readonly most: string; readonly currency: string }
  | ({ readonly kind: 'SUM'; readonly gate: GateRef; readonly most: string; readonly currency: string } & Rolling)
  | ({ readonly kind: 'COUNT'; readonly gate: GateRef; readonly most: number } & Rolling);

export interface Rolling {
  readonly window: string;
  readonly windowMs: number;
  readonly per: LimitScope;
}

/** What all gates that apply ask for together. */
export interface Requirements {
  readonly gates: readonly GateRef[];
  /** All of them hold. Empty where approval is waived, and for undos of which no gate says anything. */
  readonly demands: readonly Demand[];
  /** Gates by which nobody need be asked, where none asks for approvals. */
  readonly waivedBy: readonly GateRef[];
  /** The highest of the demands' counts; 0 where approval is waived. */
  readonly count: number;
  /** The shortest of the demands'. */
  readonly ttlMinutes: number | null;
  readonly schedule: Schedule;
  readonly limits: readonly Limit[];
  /** How long after it was done it may be undone, in milliseconds: the shortest; null where no gate says anything. */
  readonly undoWithin: { readonly gate: GateRef; readonly ms: number } | null;
}

const risks: readonly Risk[] = ['LOW', 'MEDIUM', 'HIGH'];

/** The risks that a gate from this one on is about. */
export const risksFrom = (least: Risk = 'LOW'): readonly Risk[] => risks.slice(risks.indexOf(least));

/** What gates are asked about: something that is done, or that is taken back. */
export interface About {
  readonly tool: string;
  readonly risk: Risk;
  readonly isUndo?: boolean;
}

/** The gates that say something of a tool of this risk. */
export function applicableGates(gates: readonly Gate[], { tool, risk, isUndo = false }: About): Gate[] {
  return gates.filter(
    ({ tools, minRisk, undos = false }) =>
      undos === isUndo && tools.some((pattern) => covers(pattern, tool)) && risksFrom(minRisk).includes(risk),
  );
}

/**
 * What gates that apply ask for together: what any of them asks, holds. Where none says anything of approvals, the
 * product's own rule does: one approval; none for an undo, which restores what was there before.
 */
export function sumOf(gates: readonly Gate[], isUndo = false): Requirements {
  const asked = gates.flatMap(demandOf);
  const waivedBy = asked.length === 0 ? gates.filter(({ noApproval }) => noApproval === true).map(refTo) : [];
  const demands = asked.length === 0 && waivedBy.length === 0 && !isUndo ? [makerAndChecker] : asked;
  const [undoWithin = null] = gates.flatMap(undoWindowOf).sort((one, other) => one.ms - other.ms);
  const ttls = demands.map(({ ttlMinutes }) => ttlMinutes).filter((each) => each !== null);
  return {
    gates: gates.map(refTo),
    demands,
    waivedBy,
    count: Math.max(0, ...demands.map(({ count }) => count)),
    ttlMinutes: ttls.length === 0 ? null : Math.min(...ttls),
    schedule: {
      windows: gates.flatMap(({ windows, ...gate }) => (windows ? [{ gate: refTo(gate), windows }] : [])),
      freezes: gates.flatMap((gate) =>
        (gate.freezes ?? []).map(({ from, until, reason }) => ({
          gate: refTo(gate),
          from: new Date(from),
          until: new Date(until),
          reason,
        })),
      ),
    },
    limits: gates.flatMap(limitsOf),
    undoWithin,
  };
}

/** The demands after so long without being met: from then on, roles that it is escalated to stand in for others. */
export function escalated(demands: readonly Demand[], waitedMinutes: number): Demand[] {
  return demands.map((demand) => {
    const { escalation, oneOf } = demand;
    if (escalation === null || waitedMinutes < escalation.afterMinutes) return demand;
    return { ...demand, oneOf: oneOf.map((each) => ({ ...each, orRoles: escalation.roles })) };
  });
}

const makerAndChecker: Demand = {
  gate: null,
  count: 1,
  oneOf: [],
  distinctDepartments: false,
  notMakersDepartment: false,
  mustSeeAll: false,
  ttlMinutes: null,
  escalation: null,
};

const covers = (pattern: string, tool: string): boolean =>
  pattern === '*' || pattern === tool || (pattern.endsWith('.*') && tool.startsWith(pattern.slice(0, -1)));

const refTo = ({ id, name }: GateRef): GateRef => ({ id, name });

function demandOf({ approvals, ...gate }: Gate): Demand[] {
  if (!approvals) return [];
  const { escalateAfterMinutes: afterMinutes, escalateToRoles: roles } = approvals;
  return [
    {
      gate: refTo(gate),
      count: approvals.count,
      oneOf: [
        ...oneOf('ROLE', approvals.byRoles),
        ...oneOf('GROUP', approvals.byGroups),
        ...oneOf('PERSON', approvals.byPersons),
      ],
      distinctDepartments: approvals.distinctDepartments ?? false,
      notMakersDepartment: approvals.notMakersDepartment ?? false,
      mustSeeAll: approvals.mustSeeAll ?? false,
      ttlMinutes: approvals.ttlMinutes ?? null,
      escalation: afterMinutes !== undefined && roles ? { afterMinutes, roles } : null,
    },
  ];
}

const oneOf = (kind: OneOf['kind'], names: readonly string[] | undefined): OneOf[] =>
  names ? [{ kind, names, orRoles: [] }] : [];

const undoWindowOf = ({ undoWithinMinutes, ...gate }: Gate) =>
  undoWithinMinutes === undefined ? [] : [{ gate: refTo(gate), ms: undoWithinMinutes * 60_000 }];

function limitsOf(gate: Gate): Limit[] {
  return (gate.limits ?? []).flatMap(({ amount, sum, count }) => {
    const of = refTo(gate);
    const limits: Limit[] = [];
    if (amount) limits.push({ kind: 'AMOUNT', gate: of, most: amount.perAction, currency: amount.currency });
    if (sum) limits.push({ kind: 'SUM', gate: of, most: sum.most, currency: sum.currency, ...rolling(sum) });
    if (count) limits.push({ kind: 'COUNT', gate: of, most: count.most, ...rolling(count) });
    return limits;
  });
}

function rolling({ window, per }: Omit<Rolling, 'windowMs'>): Rolling {
  const windowMs = millisecondsOf(window);
  if (windowMs === null) throw new TypeError('A gate must be checked before it is used.');
  return { window, windowMs, per };
}
