export {
  applicableGates,
  type Demand,
  escalated,
  type Limit,
  type OneOf,
  type Requirements,
  type Rolling,
  risksFrom,
  sumOf,
} from './applicable.ts';
export type { Approver, Maker } from './coverage.ts';
export {
  explainClosed,
  explainDemand,
  explainExceeded,
  explainLimit,
  explainRequirements,
  explainSchedule,
} from './explain.ts';
export { type Gate, type GateRef, gateShape, type LimitScope, type Risk } from './gate.ts';
export { summed, withHeld } from './held.ts';
export { type Exceeded, type Fit, fit, type LimitUse, left, type Use } from './limits.ts';
export type { ChangeWindow } from './openings.ts';
export { parseGate } from './parse-gate.ts';
export { type Counts, type Missing, mayCount, type Standing, standing } from './requirement.ts';
export {
  type ClosedBy,
  closedBy,
  closesAt,
  type Freeze,
  fiveYears,
  type GateWindows,
  nextOpening,
  openAt,
  type Schedule,
} from './windows.ts';
