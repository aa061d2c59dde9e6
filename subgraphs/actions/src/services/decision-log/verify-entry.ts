import { z } from 'zod';
import type { JsonValue } from './canonical.ts';
import { sealHash } from './chain.ts';
import { contentDigest, type SealedEntry, sealedEntrySchema, valueDigest } from './entry.ts';
import type { Finding } from './finding.ts';

/** What the chain is followed by: where an entry stands and what it is linked to, not what it says. */
export type LinkedEntry = Pick<
  SealedEntry,
  'id' | 'seq' | 'actionId' | 'contentDigest' | 'previousHash' | 'previousOfAction' | 'hash'
>;

/** An entry that has the right shape, as far as the chain needs it. */
export interface FollowedEntry {
  entry: LinkedEntry;
  position: number;
  /** True when its number, its link and its content are what its hash says. */
  sound: boolean;
  /** Names of the values that it commits to and that are no longer there. */
  absent: readonly string[];
  /** What an ERASURE entry says was erased. */
  erases: { readonly entryId: string; readonly fields: ReadonlySet<JsonValue> } | null;
}

/** The same with all that it says. */
export interface ReadEntry extends FollowedEntry {
  entry: SealedEntry;
}

/**
 * Checks all that can be known from an entry alone: shape, content, seal and values. Null when it is no entry at all;
 * what is wrong goes to `findings`.
 */
export function readEntry(
  candidate: unknown,
  place: { tenantId: string; position: number },
  findings: Finding[],
): ReadEntry | null {
  const parsed = sealedEntrySchema.safeParse(candidate);
  if (!parsed.success) {
    const message = `What stands at ${place.position} is not a sealed entry of format 1:\n${z.prettifyError(parsed.error)}`;
    findings.push({ code: 'MALFORMED', seq: seqOf(candidate), position: place.position, message });
    return null;
  }
  const entry = parsed.data;
  const { seq, tenantId } = entry;
  const at = { seq, position: place.position, entryId: entry.id };
  if (tenantId !== place.tenantId) {
    findings.push({
      ...at,
      code: 'FOREIGN',
      message: `Entry ${seq} is of tenant ${tenantId}, not of ${place.tenantId}.`,
    });
  }
  const contentHolds = digestOrNull(entry) === entry.contentDigest;
  if (!contentHolds) {
    findings.push({ ...at, code: 'CONTENT_ALTERED', message: `What entry ${seq} says is not what was sealed.` });
  }
  const sealHolds = sealHash(entry) === entry.hash;
  if (!sealHolds) {
    findings.push({
      ...at,
      code: 'SEAL_ALTERED',
      message: `The hash of entry ${seq} is not that of its number, its link and its content.`,
    });
  }
  for (const field of alteredValues(entry)) {
    findings.push({
      ...at,
      code: 'VALUE_ALTERED',
      field,
      message: `The value "${field}" of entry ${seq} does not match the digest that the entry commits to.`,
    });
  }
  const sound = contentHolds && sealHolds;
  return { entry, position: place.position, sound, absent: absentFields(entry), erases: erasedBy(entry) };
}

/** Names of the values that the entry commits to and that are no longer there. */
export function absentFields(entry: SealedEntry): string[] {
  return Object.keys(entry.valueDigests).filter(
    (field) => !Object.hasOwn(entry.values, field) && !Object.hasOwn(entry.salts, field),
  );
}

function erasedBy({ kind, facts }: SealedEntry): FollowedEntry['erases'] {
  if (kind !== 'ERASURE') return null;
  return { entryId: String(facts.entryId), fields: new Set(Array.isArray(facts.fields) ? facts.fields : []) };
}

function alteredValues(entry: SealedEntry): string[] {
  const fields = new Set([...Object.keys(entry.values), ...Object.keys(entry.salts)]);
  return [...fields].filter((field) => {
    const value = entry.values[field];
    const salt = entry.salts[field];
    if (value === undefined || salt === undefined) return true;
    try {
      return valueDigest(salt, value) !== entry.valueDigests[field];
    } catch {
      return true;
    }
  });
}

/** Null for content without a canonical form (a lone surrogate, say): that was never sealed. */
function digestOrNull(entry: SealedEntry): string | null {
  try {
    return contentDigest(entry);
  } catch {
    return null;
  }
}

function seqOf(candidate: unknown): number | null {
  const seq = typeof candidate === 'object' && candidate !== null && 'seq' in candidate ? candidate.seq : null;
  return typeof seq === 'number' ? seq : null;
}
