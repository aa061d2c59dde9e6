import { hash, randomBytes, randomUUIDv7 } from 'node:crypto';
import { z } from 'zod';
import { asStored, canonicalJson, type Digest, digestOf, type JsonObject, type JsonValue } from './canonical.ts';
import { LogError } from './log-error.ts';

/** What an entry records. New kinds may be added; a verifier of format 1 accepts kinds that it does not know. */
export const ENTRY_KINDS = {
  INPUT: 'What was asked for: tool, version and input, and who asked.',
  EVIDENCE: 'The cited passages that the request rests on, as they were read again for its maker.',
  PREVIEW: 'What the tool said would change.',
  POLICY: 'What the policies decided, and why.',
  APPROVAL: 'A checker agreed to the plan of this hash.',
  REJECTION: 'A checker refused, or the maker withdrew.',
  REMINDER: 'Those who could approve were told again.',
  EXPIRY: 'Nobody decided, or nobody executed, in time.',
  STALENESS: 'What was approved is no longer what would happen.',
  INTENT: 'About to reach out to the other side; committed before the call.',
  EXECUTION: 'One call to the other side, and how it ended.',
  VERIFICATION: 'The other side was asked whether the idempotency key had taken effect, and its answer.',
  SETTLEMENT: 'The later answer of the other side to what was submitted.',
  OUTCOME: 'What came of the action.',
  UNDO: 'An undo of this action was asked for, done or given up; names the action that undoes it.',
  WAITING: 'It was to be executed, and waits until the other side is well again; or it waits no more.',
  DEAD_LETTER: 'All attempts failed, and a person has to look.',
  BUNDLE: 'Several actions were proposed as one, or the whole of them moved on; each action has its own entries, too.',
  CONFIGURATION: 'A connector, an autonomy level or a policy was changed.',
  HEALTH: "A connector's other side was found to be sick, or well again.",
  ACCESS_CHANGE:
    'Who may do what was changed, or a change of it was asked for or refused; before and after in the values.',
  ACCESS_REFUSAL: 'Somebody was refused something, by which policy and why.',
  OPERATOR_ACCESS: "A platform operator worked with the tenant's data, by the tenant's leave.",
  ERASURE: 'Values of an earlier entry were erased; facts: { entryId, fields, reason }.',
  EXPORT: 'The log, or a part of it, was handed out.',
} as const;

export type EntryKind = keyof typeof ENTRY_KINDS;

const nonEmpty = z.string().min(1);
const digest = z.string().regex(/^[0-9a-f]{64}$/, 'must be SHA-256 in lower-case hex');
/** PostgreSQL gives ids back in lower case and times in milliseconds: any other spelling would change the digest. */
const id = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be a UUID in lower case');
const instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'must be as Date.toISOString() writes it');
const fieldName = z.string().regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'must be a plain name');
/** Taken as it is: zod's own JSON types copy, and drop members such as `__proto__` that the digest covers. */
const jsonObject = z.custom<JsonObject>(isPlainObject, 'must be an object');

const entryFields = {
  format: z.literal(1),
  id,
  tenantId: nonEmpty,
  /** Null for what concerns no one action: CONFIGURATION, ACCESS_CHANGE, ERASURE, EXPORT and others. */
  actionId: nonEmpty.nullable(),
  kind: z.string().regex(/^[A-Z][A-Z_]*$/, 'must be in UPPER_CASE'),
  occurredAt: instant,
  /** Ids only: the names and addresses behind them are kept, and erased, elsewhere. */
  principal: z.strictObject({ kind: nonEmpty, id: nonEmpty }),
  correlationId: nonEmpty,
  workflow: nonEmpty.nullable(),
  surface: nonEmpty.nullable(),
  /** Committed as they are, for ever: no personal data. */
  facts: jsonObject,
  /** What may have to be erased: committed through `valueDigests` alone. */
  values: jsonObject,
  salts: z.record(fieldName, digest),
  valueDigests: z.record(fieldName, digest),
  /** Content digest of the entry before this one of the same action; null for the first. */
  previousOfAction: digest.nullable(),
};

/** The shape of format 1. Strict: a member that no digest covers may not ride along. */
export const logEntrySchema = z.strictObject(entryFields);
export type LogEntry = z.infer<typeof logEntrySchema>;

/** An entry with its place: numbered from 1 within its tenant, and chained. */
export const sealedEntrySchema = z.strictObject({
  ...entryFields,
  seq: z.int().positive(),
  contentDigest: digest,
  previousHash: digest,
  hash: digest,
});
export type SealedEntry = z.infer<typeof sealedEntrySchema>;

/** What the writer of an entry knows; the rest is filled in. */
export interface EntryDraft {
  /** A UUID of version 7; a new one unless told. */
  id?: string;
  tenantId: string;
  actionId: string | null;
  kind: EntryKind;
  occurredAt: Date;
  principal: { kind: string; id: string };
  correlationId: string;
  workflow?: string | null;
  surface?: string | null;
  facts?: object;
  values?: object;
  previousOfAction: Digest | null;
}

/**
 * An entry ready to be stored, not yet sealed: with its id, and a salt and digest for each top-level member of `values`.
 *
 * @throws LogError LOG_NOT_JSON, LOG_ENTRY_MALFORMED
 */
export function newEntry(draft: EntryDraft): LogEntry {
  const values = asObject(asStored(draft.values ?? {}));
  const salts = Object.fromEntries(Object.keys(values).map((field) => [field, randomBytes(32).toString('hex')]));
  const valueDigests = Object.fromEntries(
    Object.entries(values).map(([field, value]) => [field, valueDigest(salts[field] ?? '', value)]),
  );
  const parsed = logEntrySchema.safeParse({
    format: 1,
    id: draft.id ?? randomUUIDv7(),
    tenantId: draft.tenantId,
    actionId: draft.actionId,
    kind: draft.kind,
    occurredAt: draft.occurredAt.toISOString(),
    principal: { kind: draft.principal.kind, id: draft.principal.id },
    correlationId: draft.correlationId,
    workflow: draft.workflow ?? null,
    surface: draft.surface ?? null,
    facts: asStored(draft.facts ?? {}),
    values,
    salts,
    valueDigests,
    previousOfAction: draft.previousOfAction,
  });
  if (parsed.success) return parsed.data;
  throw new LogError('LOG_ENTRY_MALFORMED', `A log entry is not of format 1:\n${z.prettifyError(parsed.error)}`);
}

/** What the log commits to: the whole entry but its values and their salts. */
export function contentDigest(entry: LogEntry): Digest {
  return digestOf('countersign.log.entry', {
    format: entry.format,
    id: entry.id,
    tenantId: entry.tenantId,
    actionId: entry.actionId,
    kind: entry.kind,
    occurredAt: entry.occurredAt,
    principal: entry.principal,
    correlationId: entry.correlationId,
    workflow: entry.workflow,
    surface: entry.surface,
    facts: entry.facts,
    valueDigests: entry.valueDigests,
    previousOfAction: entry.previousOfAction,
  });
}

/** SHA-256(salt || canonical(value)); the salt is 32 bytes in hex, so that nobody can guess a short value by trying. */
export function valueDigest(salt: string, value: JsonValue): Digest {
  return hash('sha256', Buffer.concat([Buffer.from(salt, 'hex'), Buffer.from(canonicalJson(value))]));
}

/** The entry without these values and without their salts; what it commits to, and every proof about it, stays. */
export function eraseValues<Entry extends LogEntry>(entry: Entry, fields: readonly string[]): Entry {
  const kept = ([field]: [string, unknown]) => !fields.includes(field);
  return {
    ...entry,
    values: Object.fromEntries(Object.entries(entry.values).filter(kept)),
    salts: Object.fromEntries(Object.entries(entry.salts).filter(kept)),
  };
}

function isPlainObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asObject(value: JsonValue): JsonObject {
  if (isPlainObject(value)) return value;
  throw new LogError('LOG_ENTRY_MALFORMED', 'The values of a log entry must be an object, one member per value.');
}
