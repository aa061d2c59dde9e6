import type { Level } from './level.ts';

interface Rule {
  readonly usual: number;
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
}

/**
 * What promotion asks for and what steps a tool down, with the bounds within which a tenant may set it: stricter without
 * much of an end, laxer not far.
 */
export const ruleBounds = {
  /** For how many days an outcome counts. */
  windowDays: { usual: 90, least: 7, most: 365, whole: true },
  /** Clean successes from SUGGEST to ONE_CLICK. */
  successesToClick: { usual: 20, least: 10, most: 10_000, whole: true },
  /** Clean successes from ONE_CLICK to UNATTENDED. */
  successesUnattended: { usual: 50, least: 20, most: 10_000, whole: true },
  /** What the reversal rate may be at most, by its upper limit, from SUGGEST to ONE_CLICK. */
  reversalRateToClick: { usual: 0.2, least: 0.001, most: 0.25, whole: false },
  /** The same from ONE_CLICK to UNATTENDED. */
  reversalRateUnattended: { usual: 0.05, least: 0.001, most: 0.1, whole: false },
  /** How often people may have corrected or rejected what was proposed, by its upper limit, for UNATTENDED. */
  correctionRateUnattended: { usual: 0.2, least: 0.001, most: 0.3, whole: false },
  /** So many reversals among the latest 20 outcomes are a spike. */
  spikeReversals: { usual: 4, least: 1, most: 5, whole: true },
  /** So many proposals refused for their input within two days are a spike, if they are half of all or more. */
  spikeRefusals: { usual: 20, least: 1, most: 50, whole: true },
} as const satisfies Record<string, Rule>;

export type RuleName = keyof typeof ruleBounds;
export type Rules = Readonly<Record<RuleName, number>>;

export const ruleNames = Object.keys(ruleBounds) as readonly RuleName[]; // Object.keys forgets the keys' type.

export const usualRules: Rules = Object.fromEntries(ruleNames.map((name) => [name, ruleBounds[name].usual])) as Rules; // All names are there.

/** The latest outcomes in which a spike is looked for. */
export const spikeSample = 20;

export interface RuleFault {
  readonly rule: string;
  readonly message: string;
}

/** What is not a rule, or out of its bounds; empty when all may be set. */
export function faultsOf(asked: Readonly<Record<string, unknown>>): RuleFault[] {
  return Object.entries(asked).flatMap(([rule, value]) => {
    if (!isRule(rule)) return [{ rule, message: `There is no rule ${rule}; there are ${ruleNames.join(', ')}.` }];
    const { least, most, whole } = ruleBounds[rule];
    const number = whole ? 'a whole number' : 'a number';
    if (typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value))) return [];
    return [{ rule, message: `${rule} must be ${number} from ${least} to ${most}.` }];
  });
}

/** What it takes to be promoted to a level. */
export interface Bar {
  readonly successes: number;
  readonly reversalRate: number;
  /** 1 where corrections and rejections are no bar. */
  readonly correctionRate: number;
}

export const barFor = (level: Exclude<Level, 'SUGGEST'>, rules: Rules): Bar =>
  level === 'UNATTENDED'
    ? {
        successes: rules.successesUnattended,
        reversalRate: rules.reversalRateUnattended,
        correctionRate: rules.correctionRateUnattended,
      }
    : { successes: rules.successesToClick, reversalRate: rules.reversalRateToClick, correctionRate: 1 };

const isRule = (name: string): name is RuleName => Object.hasOwn(ruleBounds, name);
