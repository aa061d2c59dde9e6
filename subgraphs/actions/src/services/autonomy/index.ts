export {
  AUTONOMY_LEVELS,
  above,
  allowedBy,
  below,
  connectorOf,
  type Earned,
  explainLimit,
  type InForce,
  inForce,
  type Level,
  type Limit,
  lowest,
  type Measured,
  rank,
  type Scope,
  type Setting,
  usualLevel,
} from './level.ts';
export { type Counts, explainProspect, nextLevel, noCounts, type Prospect, prospect } from './promotion.ts';
export { faultsOf, type RuleName, type Rules, ruleBounds, ruleNames, spikeSample, usualRules } from './rules.ts';
export { type Cause, refusalSpike, reversalSpike, STEP_DOWN_CAUSES } from './step-down.ts';
export { wilsonUpper } from './wilson.ts';
