import { isUtf8 } from 'node:buffer';
import { after, type Members } from './canonical-scan.ts';
import { EntryLayout, isDigest, layOut, opening } from './entry-layout.ts';
import { isSpelledAt, putSpelled, type ShortDigest, shortDigest } from './short-digest.ts';
import type { FollowedEntry } from './verify-entry.ts';

/** A sealed entry that holds, where it lies: good until the next line is looked at. */
export interface QuickEntry {
  readonly layout: EntryLayout;
  /** What stands in it as its `hash`. */
  readonly seal: ShortDigest;
  /** Names of the values that are not there any more. */
  readonly absent: readonly string[];
}

/**
 * Looks at the line that begins at `start`; null unless it is a sealed entry that holds, whatever stands behind its end.
 * It goes by the bytes, without parsing them, since in canonical JSON what a digest commits to lies there as it was
 * hashed. Where it finds an entry, `readEntry` would find the same and nothing wrong with it. Any other line, for whatever
 * reason it is one, is for `readEntry` to look at and to explain.
 *
 * @param isText whether all of the bytes are known to be UTF-8
 */
export function entryIn(bytes: Buffer, start = 0, isText = false): QuickEntry | null {
  if (!layOut(bytes, start, layout)) return null;
  const { end, id, kind, contentDigest, hash, previousHash, previousOfAction } = layout;
  if (!isText && !isUtf8(bytes.subarray(start, end))) return null;
  // What an erasure says is needed as well, and there are few.
  if (after(bytes, id + opening.kind.length, erasure) === kind) return null;
  if (!isDigest(bytes, previousHash - 65)) return null;
  if (bytes[previousOfAction - 1] === 0x22 && !isDigest(bytes, previousOfAction - 65)) return null;
  makeRoom(end - start + domain.length);
  if (!isSpelledAt(bytes, contentDigest - 65, contentDigestOf(bytes, layout))) return null;
  found.seal = sealHashOf(bytes, layout);
  if (!isSpelledAt(bytes, hash - 65, found.seal)) return null;
  const absent = absentFields(bytes, layout);
  if (absent === null) return null;
  found.absent = absent;
  return found;
}

/** Whether the entry is of the tenant, whose id is given as JSON. */
export const isOfTenant = (bytes: Buffer, { layout }: QuickEntry, tenant: Buffer): boolean =>
  after(bytes, layout.surface + opening.tenantId.length, tenant) === layout.tenantId;

/** The id of the entry. */
export const idOf = (bytes: Buffer, { layout: { id } }: QuickEntry): string =>
  bytes.toString('latin1', id - 37, id - 1);

/** Its number. */
export function seqOf(bytes: Buffer, { layout: { salts, seq } }: QuickEntry): number {
  let number = 0;
  for (let at = salts + opening.seq.length; at < seq; at += 1) number = number * 10 + (bytes[at] ?? 0) - 0x30;
  return number;
}

/** The entry before it of its action; null for the first. */
export const previousOfActionIn = (bytes: Buffer, { layout }: QuickEntry): string | null =>
  plainOrNull(bytes, layout.previousHash + opening.previousOfAction.length, layout.previousOfAction);

/** Its action's id; null when it concerns none. */
export const actionIn = (bytes: Buffer, { layout: { start, actionId } }: QuickEntry): string | null =>
  plainOrNull(bytes, start + opening.actionId.length, actionId);

/** What the chain is followed by. */
export function followed(bytes: Buffer, quick: QuickEntry, position: number): FollowedEntry {
  const { layout, absent } = quick;
  const entry = {
    id: idOf(bytes, quick),
    seq: seqOf(bytes, quick),
    actionId: actionIn(bytes, quick),
    contentDigest: digestBefore(bytes, layout.contentDigest),
    previousHash: digestBefore(bytes, layout.previousHash),
    previousOfAction: previousOfActionIn(bytes, quick),
    hash: digestBefore(bytes, layout.hash),
  };
  return { entry, position, sound: true, absent, erases: null };
}

/** The digest whose value ends here, with its quote. */
export const digestBefore = (bytes: Buffer, end: number): string => bytes.toString('latin1', end - 65, end - 1);

const none: readonly string[] = [];
const layout = new EntryLayout();
const found = { layout, seal: '', absent: none };
const erasure = Buffer.from('"ERASURE"');
const domain = Buffer.from(',"domain":"countersign.log.entry"');

/** Where what is hashed is put together; it grows with the longest line. */
let room = Buffer.alloc(64 * 1024);
/** Its beginnings by their sizes: there are as many as entries have sizes, and making one takes as long as hashing it. */
let beginnings: Buffer[] = [];
const mostBeginnings = 4_096;

function makeRoom(size: number): void {
  if (room.length >= size) return;
  room = Buffer.alloc(2 * size);
  beginnings = [];
}

function digestOfRoom(size: number): ShortDigest {
  if (size >= mostBeginnings) return shortDigest(room.subarray(0, size));
  beginnings[size] ??= room.subarray(0, size);
  return shortDigest(beginnings[size] ?? room);
}

/** `contentDigest` of the entry: of the line without its values, its salts and its seal, and with the domain. */
function contentDigestOf(bytes: Buffer, layout: EntryLayout): ShortDigest {
  let size = bytes.copy(room, 0, layout.start, layout.actionId);
  size += bytes.copy(room, size, layout.contentDigest, layout.correlationId);
  size += domain.copy(room, size);
  size += bytes.copy(room, size, layout.correlationId, layout.format);
  size += bytes.copy(room, size, layout.hash, layout.occurredAt);
  size += bytes.copy(room, size, layout.previousHash, layout.principal);
  size += bytes.copy(room, size, layout.seq, layout.valueDigests);
  size += bytes.copy(room, size, layout.values, layout.end);
  return digestOfRoom(size);
}

/** `sealHash` of the entry. */
function sealHashOf(bytes: Buffer, { contentDigest, previousHash, salts, seq }: EntryLayout): ShortDigest {
  bytes.copy(sealed, sealedContent, contentDigest - 65, contentDigest - 1);
  bytes.copy(sealed, sealedPrevious, previousHash - 65, previousHash - 1);
  const digits = seq - salts - opening.seq.length;
  bytes.copy(sealed, sealedSeq, salts + opening.seq.length, seq);
  sealed[sealedSeq + digits] = 0x7d;
  return shortDigest(seals[digits] ?? sealed);
}

const blank = '0'.repeat(64);
const sealed = Buffer.from(
  `{"contentDigest":"${blank}","domain":"countersign.log.seal","format":1,"previousHash":"${blank}","seq":9007199254740991}`,
);
const sealedContent = sealed.indexOf(blank);
const sealedPrevious = sealed.lastIndexOf(blank);
const sealedSeq = sealed.lastIndexOf('9007199254740991');
/** What is hashed, by how many digits its number has. */
const seals = Array.from({ length: 17 }, (_, digits) => sealed.subarray(0, sealedSeq + digits + 1));

/** Names of the values that only their digests are left of; null when one that is there is not the one of its digest. */
function absentFields(bytes: Buffer, { valueSpans, saltSpans, digestSpans }: EntryLayout): readonly string[] | null {
  if (valueSpans.size !== saltSpans.size) return null;
  const { places: digests } = digestSpans;
  const { places: salts } = saltSpans;
  const { places: values } = valueSpans;
  let absent: string[] | null = null;
  let value = 0;
  for (let digest = 0; digest < digestSpans.size; digest += 4) {
    const expected = (digests[digest + 2] ?? 0) + 1;
    if (!isSameName(bytes, digestSpans, digest, valueSpans, value)) {
      if (!isDigest(bytes, expected)) return null;
      absent ??= [];
      absent.push(bytes.toString('latin1', (digests[digest] ?? 0) + 1, (digests[digest + 1] ?? 0) - 1));
      continue;
    }
    if (!isSameName(bytes, digestSpans, digest, saltSpans, value)) return null;
    if (!putSpelled(bytes, (salts[value + 2] ?? 0) + 1, room, 0)) return null;
    const size = 32 + bytes.copy(room, 32, values[value + 2], values[value + 3]);
    if (!isSpelledAt(bytes, expected, digestOfRoom(size))) return null;
    value += 4;
  }
  // Of each object the names are in order, so what is left over has no digest.
  return value === valueSpans.size ? (absent ?? none) : null;
}

function isSameName(bytes: Buffer, some: Members, one: number, others: Members, other: number): boolean {
  if (other >= others.size) return false;
  const from = some.places[one] ?? 0;
  const size = (some.places[one + 1] ?? 0) - from;
  const otherFrom = others.places[other] ?? 0;
  return (others.places[other + 1] ?? 0) - otherFrom === size && isSame(bytes, from, otherFrom, size);
}

/** Whether so many bytes are the same in both places. */
export function isSame(bytes: Buffer, from: number, otherFrom: number, size: number): boolean {
  for (let index = 0; index < size; index += 1) if (bytes[from + index] !== bytes[otherFrom + index]) return false;
  return true;
}

const plainOrNull = (bytes: Buffer, from: number, to: number): string | null =>
  bytes[from] === 0x6e ? null : bytes.toString('latin1', from + 1, to - 1);
