import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { after, type Members } from './canonical-scan.ts';
import { type EntryLayout, hexValues, isDigest, layoutOf, notHex, opening } from './entry-layout.ts';
import type { FollowedEntry } from './verify-entry.ts';

/** Where in its line what the chain needs of an entry ends, and the names of the values that are not there any more. */
export type EntryPlaces = Pick<EntryLayout, (typeof placeNames)[number]> & { readonly absent: readonly string[] };

export const placeNames = [
  'actionId',
  'contentDigest',
  'hash',
  'id',
  'previousHash',
  'previousOfAction',
  'salts',
  'seq',
  'surface',
  'tenantId',
] as const;

/**
 * Looks at a line, without its line feed; null unless it is a sealed entry that holds. It goes by the bytes, without
 * parsing them, since in canonical JSON what a digest commits to lies there as it was hashed. Where it finds an entry,
 * `readEntry` would find the same and nothing wrong with it. Any other line, for whatever reason it is one, is for
 * `readEntry` to look at and to explain.
 */
export function placesIn(line: Buffer): EntryPlaces | null {
  const layout = layoutOf(line);
  if (!layout || !isUtf8(line)) return null;
  const { id, kind, contentDigest, hash, previousHash, previousOfAction } = layout;
  // What an erasure says is needed as well, and there are few.
  if (after(line, id + opening.kind.length, erasure) === kind) return null;
  if (!isDigest(line, previousHash - 65)) return null;
  if (line[previousOfAction - 1] === 0x22 && !isDigest(line, previousOfAction - 65)) return null;
  if (room.length < line.length + domain.length) room = Buffer.alloc(2 * (line.length + domain.length));
  if (!isAt(line, contentDigest - 65, contentDigestOf(line, layout, room))) return null;
  if (!isAt(line, hash - 65, sealHashOf(line, layout))) return null;
  const absent = absentFields(line, layout, room);
  return absent && Object.assign(layout, { absent });
}

/** Whether the entry in the line is of the tenant, whose id is given as JSON. */
export const isOfTenant = (line: Buffer, { surface, tenantId }: EntryPlaces, tenant: Buffer): boolean =>
  after(line, surface + opening.tenantId.length, tenant) === tenantId;

/** The entry that was found in the line. */
export function entryAt(line: Buffer, places: EntryPlaces, position: number): FollowedEntry {
  const { actionId, contentDigest, hash, id, previousHash, previousOfAction, salts, seq, absent } = places;
  const entry = {
    id: line.toString('latin1', id - 37, id - 1),
    seq: Number(line.toString('latin1', salts + opening.seq.length, seq)),
    actionId: plainOrNull(line, opening.actionId.length, actionId),
    contentDigest: line.toString('latin1', contentDigest - 65, contentDigest - 1),
    previousHash: line.toString('latin1', previousHash - 65, previousHash - 1),
    previousOfAction: plainOrNull(line, previousHash + opening.previousOfAction.length, previousOfAction),
    hash: line.toString('latin1', hash - 65, hash - 1),
  };
  return { entry, position, sound: true, absent, erases: null };
}

/** Where what is hashed is put together; it grows with the longest line. */
let room = Buffer.alloc(64 * 1024);
const erasure = Buffer.from('"ERASURE"');
const domain = Buffer.from(',"domain":"countersign.log.entry"');

/** `contentDigest` of the entry: of the line without its values, its salts and its seal, and with the domain. */
function contentDigestOf(line: Buffer, layout: EntryLayout, room: Buffer): string {
  let size = line.copy(room, 0, 0, layout.actionId);
  size += line.copy(room, size, layout.contentDigest, layout.correlationId);
  size += domain.copy(room, size);
  size += line.copy(room, size, layout.correlationId, layout.format);
  size += line.copy(room, size, layout.hash, layout.occurredAt);
  size += line.copy(room, size, layout.previousHash, layout.principal);
  size += line.copy(room, size, layout.seq, layout.valueDigests);
  size += line.copy(room, size, layout.values);
  return hash('sha256', room.subarray(0, size));
}

/** `sealHash` of the entry. */
function sealHashOf(line: Buffer, { contentDigest, previousHash, salts, seq }: EntryLayout): string {
  line.copy(sealed, sealedContent, contentDigest - 65, contentDigest - 1);
  line.copy(sealed, sealedPrevious, previousHash - 65, previousHash - 1);
  let size = sealedSeq + line.copy(sealed, sealedSeq, salts + opening.seq.length, seq);
  sealed[size] = 0x7d;
  size += 1;
  return hash('sha256', sealed.subarray(0, size));
}

const blank = '0'.repeat(64);
const sealed = Buffer.from(
  `{"contentDigest":"${blank}","domain":"countersign.log.seal","format":1,"previousHash":"${blank}","seq":9007199254740991}`,
);
const sealedContent = sealed.indexOf(blank);
const sealedPrevious = sealed.lastIndexOf(blank);
const sealedSeq = sealed.lastIndexOf('9007199254740991');

/** Names of the values that only their digests are left of; null when one that is there is not the one of its digest. */
function absentFields(
  line: Buffer,
  { valueSpans, saltSpans, digestSpans }: EntryLayout,
  room: Buffer,
): string[] | null {
  if (valueSpans.length !== saltSpans.length) return null;
  const absent: string[] = [];
  let value = 0;
  for (let digest = 0; digest < digestSpans.length; digest += 4) {
    if (!isSameName(line, digestSpans, digest, valueSpans, value)) {
      if (!isDigest(line, (digestSpans[digest + 2] ?? 0) + 1)) return null;
      absent.push(line.toString('latin1', (digestSpans[digest] ?? 0) + 1, (digestSpans[digest + 1] ?? 0) - 1));
      continue;
    }
    if (!isSameName(line, digestSpans, digest, saltSpans, value)) return null;
    if (!putSalt(line, (saltSpans[value + 2] ?? 0) + 1, room)) return null;
    const size = 32 + line.copy(room, 32, valueSpans[value + 2], valueSpans[value + 3]);
    if (!isAt(line, (digestSpans[digest + 2] ?? 0) + 1, hash('sha256', room.subarray(0, size)))) return null;
    value += 4;
  }
  // Of each object the names are in order, so what is left over has no digest.
  return value === valueSpans.length ? absent : null;
}

/** Puts the 32 bytes of a salt to the beginning; false when it is not in hex. */
function putSalt(line: Buffer, at: number, room: Buffer): boolean {
  for (let byte = 0; byte < 32; byte += 1) {
    const high = hexValues[line[at + 2 * byte] ?? 0] ?? notHex;
    const low = hexValues[line[at + 2 * byte + 1] ?? 0] ?? notHex;
    if (high === notHex || low === notHex) return false;
    room[byte] = high * 16 + low;
  }
  return true;
}

function isSameName(line: Buffer, some: Members, one: number, others: Members, other: number): boolean {
  const [from = 0, to = 0] = [some[one], some[one + 1]];
  const [otherFrom, otherTo = 0] = [others[other], others[other + 1]];
  if (otherFrom === undefined || to - from !== otherTo - otherFrom) return false;
  for (let index = 0; index < to - from; index += 1) if (line[from + index] !== line[otherFrom + index]) return false;
  return true;
}

/** Whether this text of ASCII stands here. */
function isAt(line: Buffer, at: number, expected: string): boolean {
  for (let index = 0; index < expected.length; index += 1) {
    if (line[at + index] !== expected.charCodeAt(index)) return false;
  }
  return true;
}

const plainOrNull = (line: Buffer, from: number, to: number): string | null =>
  line[from] === 0x6e ? null : line.toString('latin1', from + 1, to - 1);
