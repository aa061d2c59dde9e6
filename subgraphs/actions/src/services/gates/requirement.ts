import { sameWho } from '../lifecycle/index.ts';
import type { Demand, OneOf } from './applicable.ts';
import { type Approver, bringsNearer, type Maker, shortfall, type Unfit, unfit } from './coverage.ts';
import { explainShortfall } from './explain.ts';
import type { GateRef } from './gate.ts';

/** What one gate still asks for. */
export interface Missing {
  /** Null for the product's own rule. */
  readonly gate: GateRef | null;
  /** How many more people at least. */
  readonly count: number;
  /** One of each is among them. */
  readonly oneOf: readonly OneOf[];
  readonly distinctDepartments: boolean;
  readonly notMakersDepartment: boolean;
  readonly mustSeeAll: boolean;
  /** The same as one English sentence. */
  readonly reason: string;
}

export interface Standing {
  readonly complete: boolean;
  /** Empty when it is complete. */
  readonly missing: readonly Missing[];
}

export type Counts =
  | { readonly ok: true; readonly towards: readonly (GateRef | null)[] }
  | {
      readonly ok: false;
      readonly code: 'MAKER_IS_NOT_CHECKER' | 'ALREADY_APPROVED' | 'APPROVALS_COMPLETE' | 'APPROVAL_WOULD_NOT_COUNT';
      readonly message: string;
    };

/** How far the approvals have come: every person counts once towards each demand, and makers towards none. */
export function standing(
  demands: readonly Demand[],
  makers: readonly Maker[],
  approvers: readonly Approver[],
): Standing {
  const missing = demands.flatMap((demand): Missing[] => {
    const short = shortfall(demand, makers, approvers);
    if (short.count === 0) return [];
    const { gate, distinctDepartments, notMakersDepartment, mustSeeAll } = demand;
    const reason = explainShortfall(demand, short);
    return [{ gate, ...short, distinctDepartments, notMakersDepartment, mustSeeAll, reason }];
  });
  return { complete: missing.length === 0, missing };
}

/**
 * Whether one more approval would bring any demand nearer. As long as the people there are can meet the demands at all,
 * somebody among them counts, in whatever order they come.
 */
export function mayCount(
  demands: readonly Demand[],
  makers: readonly Maker[],
  approvers: readonly Approver[],
  candidate: Approver,
): Counts {
  if (makers.some((maker) => sameWho(maker, candidate))) {
    return refused(
      'MAKER_IS_NOT_CHECKER',
      'Whoever proposed or edited an action cannot approve it: someone else has to.',
    );
  }
  if (approvers.some((each) => sameWho(each, candidate))) {
    const message = 'You have approved this action already: a further approval must come from someone else.';
    return refused('ALREADY_APPROVED', message);
  }
  const open = demands.filter((demand) => shortfall(demand, makers, approvers).count > 0);
  if (open.length === 0) return refused('APPROVALS_COMPLETE', 'Enough have approved: no further approval is needed.');
  const nearer = open.filter((demand) => bringsNearer(demand, makers, approvers, candidate));
  if (nearer.length > 0) return { ok: true, towards: nearer.map(({ gate }) => gate) };
  const reasons = open.map((demand) => {
    const why = unfit(demand, makers, candidate);
    const still = explainShortfall(demand, shortfall(demand, makers, approvers));
    return why === null ? still : `${unfitInWords[why]} ${still}`;
  });
  return refused('APPROVAL_WOULD_NOT_COUNT', ['Your approval would not count.', ...new Set(reasons)].join(' '));
}

const unfitInWords: Record<Unfit, string> = {
  MAKER_IS_NOT_CHECKER: 'You proposed or edited it.',
  DOES_NOT_SEE_ALL: 'You may not see all of its data.',
  NO_DEPARTMENT: 'It is not known which department you are in.',
  MAKERS_DEPARTMENT: "You are in its maker's department.",
  MAKERS_DEPARTMENT_UNKNOWN:
    "It is not known which department its maker is in: an administrator sets the maker's department.",
};

const refused = (code: Extract<Counts, { ok: false }>['code'], message: string): Counts => ({
  ok: false,
  code,
  message,
});
