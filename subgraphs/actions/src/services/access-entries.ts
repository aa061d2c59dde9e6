import { z } from 'zod';

/** What an entry of the log commits to for ever, and what may be erased from it. */
export interface Entry {
  readonly facts: object;
  readonly values: object;
}

const text = z.string().nullish();

const change = z.object({
  kind: z.string(),
  subject: z.object({ type: z.string(), id: z.string(), name: z.string() }),
  before: z.unknown(),
  after: z.unknown(),
  reason: text,
  approvedBy: text,
  waiting: z.boolean().nullish(),
  rejected: z.boolean().nullish(),
});

/** Things that are named for what they are; the names of all others may be somebody's, and have to be erasable. */
const impersonal = new Set([
  'Role',
  'Group',
  'AccessPolicy',
  'AccessChange',
  'AccessSettings',
  'IdentityProvider',
  'Tenant',
]);

/** Of a change of who may do what (`AccessChanged`). Throws for a payload of another shape. */
export function entryOfChange(payload: unknown): Entry {
  const { kind, subject, before, after, reason, approvedBy, waiting, rejected } = change.parse(payload);
  const { type, id, name } = subject;
  const named = impersonal.has(type);
  return {
    facts: present({
      change: kind,
      subject: named ? { type, id, name } : { type, id },
      outcome: rejected ? 'REJECTED' : waiting ? 'WAITING' : 'MADE',
      approvedBy,
    }),
    values: present({ name: named ? null : name, before, after, reason }),
  };
}

const refusal = z.object({
  permission: z.string(),
  object: z.object({ type: z.string(), id: z.string() }).nullish(),
  by: z.string(),
  policy: text,
  reason: text,
  times: z.number(),
});

/** Of a refusal (`AccessRefused`). A policy's clause may name people. Throws for a payload of another shape. */
export function entryOfRefusal(payload: unknown): Entry {
  const { permission, object: subject, by, policy, reason, times } = refusal.parse(payload);
  return { facts: present({ permission, subject, by, policy, times }), values: present({ reason }) };
}

const operatorAccess = z.object({ operation: text, operator: z.string() });

/** Of a platform operator's request (`OperatorAccess`). Throws for a payload of another shape. */
export function entryOfOperator(payload: unknown): Entry {
  const { operation, operator } = operatorAccess.parse(payload);
  return { facts: present({ operation, operator }), values: {} };
}

/** The members that say something. */
const present = (members: Record<string, unknown>): object =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null && value !== undefined));
