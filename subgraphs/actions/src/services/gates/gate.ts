import { millisecondsOf } from '@countersign/plugin-sdk';
import { z } from 'zod';
import { decimal, isMore, zero } from './decimal.ts';
import { isTimeZone, parseWallTime } from './local-time.ts';
import { parseRecurrenceRule } from './recurrence-rule.ts';

/** An object of these members and no others. */
const members = <T extends z.core.$ZodLooseShape>(shape: T) =>
  z.strictObject(shape, {
    error: ({ code, keys }) =>
      code === 'unrecognized_keys'
        ? `There is no member ${keys?.join(', ')}: the members here are ${Object.keys(shape).join(', ')}.`
        : undefined,
  });

/** A list that says something. */
const listOf = <T extends z.ZodType>(each: T, most: number) =>
  z
    .array(each)
    .min(1, 'An empty list would ask for nothing that can be met: leave it out, or name at least one.')
    .max(most, `At most ${most} are possible.`);

const name = z.string().trim().min(1, 'It must not be empty.').max(200, 'At most 200 characters are possible.');
const names = listOf(name, 50);
const minutes = z.int().min(1, 'It is at least one minute.').max(527_040, 'It is at most 366 days: 527040 minutes.');

const money = z
  .string()
  .regex(
    /^-?\d{1,14}(\.\d{1,4})?$/,
    'An amount is text with at most 14 digits before the point and 4 after it, as "12.50".',
  )
  // What is no amount at all has been refused above.
  .refine(
    (text) => !/^-?\d+(\.\d+)?$/.test(text) || isMore(decimal(text), zero),
    'An amount that limits is more than 0.',
  );
const currency = z.string().regex(/^[A-Z]{3}$/, 'A currency has three capitals, such as EUR (ISO 4217).');
const rolling = {
  window: z
    .string()
    .refine(
      (text) => millisecondsOf(text) !== null,
      'It is an ISO 8601 duration of exact length from one second to 366 days, such as PT1H, P1D or P30D: months and years vary.',
    ),
  per: z.enum(['TENANT', 'USER', 'TOOL']),
};

const limit = members({
  amount: members({ perAction: money, currency }).optional(),
  sum: members({ most: money, currency, ...rolling }).optional(),
  count: members({ most: z.int().min(1, 'It is at least 1.').max(1_000_000_000), ...rolling }).optional(),
}).refine(({ amount, sum, count }) => amount || sum || count, 'It limits nothing: add amount, sum or count.');

const changeWindow = members({
  timeZone: z.string().refine(isTimeZone, 'It is the name of a time zone of the IANA database, such as Europe/Berlin.'),
  rule: z.string().superRefine((text, context) => {
    const parsed = parseRecurrenceRule(text);
    if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.message });
  }),
  start: z
    .string()
    .refine(
      (text) => parseWallTime(text) !== null,
      'It is a local date and time such as 2026-03-28T22:00, without a zone.',
    )
    .refine((text) => /^(19[7-9]|20|21)/.test(text), 'It is in the years 1970 to 2199.'),
  durationMinutes: minutes,
});

const instant = z.iso
  .datetime({ offset: true, error: 'It is an instant such as 2026-12-24T00:00:00Z or 2026-12-24T00:00:00+01:00.' })
  .regex(/T[^.]*(\.\d{1,3})?(Z|[+-][\d:]+)$/, 'It is exact to the millisecond: at most three digits after the point.');
const freeze = members({ from: instant, until: instant, reason: name }).refine(
  ({ from, until }) => !(Date.parse(until) <= Date.parse(from)),
  { path: ['until'], message: 'It ends before it begins: until is later than from.' },
);

const approvals = members({
  count: z.int().min(1, 'It is from 1 to 10.').max(10, 'It is from 1 to 10.'),
  byRoles: names.optional(),
  byGroups: names.optional(),
  byPersons: names.optional(),
  distinctDepartments: z.boolean().optional(),
  notMakersDepartment: z.boolean().optional(),
  ttlMinutes: minutes.optional(),
  escalateAfterMinutes: minutes.optional(),
  escalateToRoles: names.optional(),
  mustSeeAll: z.boolean().optional(),
}).superRefine(({ ttlMinutes, escalateAfterMinutes, escalateToRoles }, context) => {
  const refuse = (at: string, message: string): void => context.addIssue({ code: 'custom', path: [at], message });
  if (escalateAfterMinutes !== undefined && !escalateToRoles) {
    refuse('escalateToRoles', 'It is missing: escalating says after how long and to which roles.');
  }
  if (escalateAfterMinutes === undefined && escalateToRoles) {
    refuse('escalateAfterMinutes', 'It is missing: escalating says after how long and to which roles.');
  }
  if (escalateAfterMinutes !== undefined && ttlMinutes !== undefined && escalateAfterMinutes >= ttlMinutes) {
    refuse('escalateAfterMinutes', `It would never come to that: it is less than ttlMinutes, which is ${ttlMinutes}.`);
  }
});

/**
 * What a tenant asks of actions, as it is kept: JSON. With `undos` it is about taking back what the tools did, and not
 * about doing it. `count` people approve, each once, among them one who has one of
 * `byRoles`, one who is in one of `byGroups`, and one of `byPersons` (ids of users). `noApproval` only holds where no
 * other gate asks for approvals.
 */
export const gateShape = members({
  id: name,
  name,
  tools: listOf(
    z
      .string()
      .regex(
        /^(\*|[a-z][A-Za-z0-9]*\.(\*|[a-z][A-Za-z0-9]*))$/,
        'It is one tool such as pay.transfer, all tools of a connector such as pay.*, or * for all.',
      ),
    100,
  ),
  minRisk: z.enum(['LOW', 'MEDIUM', 'HIGH']).optional(),
  undos: z.boolean().optional(),
  undoWithinMinutes: minutes.optional(),
  approvals: approvals.optional(),
  noApproval: z.boolean().optional(),
  windows: listOf(changeWindow, 20).optional(),
  freezes: listOf(freeze, 100).optional(),
  limits: listOf(limit, 20).optional(),
}).superRefine(({ approvals, noApproval, windows, freezes, limits, undos, undoWithinMinutes }, context) => {
  const refuse = (at: string, message: string): void => context.addIssue({ code: 'custom', path: [at], message });
  if (undos && limits) refuse('limits', 'Limits are of what is done, not of what is taken back: leave them out.');
  if (undos && noApproval) refuse('noApproval', 'An undo asks nobody unless a gate says so: leave it out.');
  if (undoWithinMinutes !== undefined && !undos) {
    refuse('undoWithinMinutes', 'It says until when an undo is possible: add "undos": true.');
  }
  if (approvals && noApproval) {
    const message = 'It asks for approvals and says that none are needed: leave one of the two out.';
    context.addIssue({ code: 'custom', path: ['noApproval'], message });
  }
  if (!approvals && !noApproval && !windows && !freezes && !limits && undoWithinMinutes === undefined) {
    const message = 'It asks for nothing: add approvals, noApproval, windows, freezes, limits or undoWithinMinutes.';
    context.addIssue({ code: 'custom', message });
  }
});

export type Gate = z.infer<typeof gateShape>;
export type Risk = NonNullable<Gate['minRisk']>;
export type LimitScope = z.infer<typeof rolling.per>;

/** How a gate is named to people. */
export interface GateRef {
  readonly id: string;
  readonly name: string;
}
