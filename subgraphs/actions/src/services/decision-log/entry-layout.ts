import {
  after,
  endOfNull,
  endOfObject,
  endOfPlainString,
  endOfString,
  isBefore,
  Members,
  type Scan,
} from './canonical-scan.ts';
import { isHex } from './short-digest.ts';

/** What the line of a sealed entry has, in the order of canonical JSON, each with what stands before its value. */
export const opening = {
  actionId: Buffer.from('{"actionId":'),
  contentDigest: Buffer.from(',"contentDigest":'),
  correlationId: Buffer.from(',"correlationId":'),
  facts: Buffer.from(',"facts":'),
  format: Buffer.from(',"format":1'),
  hash: Buffer.from(',"hash":'),
  id: Buffer.from(',"id":'),
  kind: Buffer.from(',"kind":'),
  occurredAt: Buffer.from(',"occurredAt":'),
  previousHash: Buffer.from(',"previousHash":'),
  previousOfAction: Buffer.from(',"previousOfAction":'),
  principal: Buffer.from(',"principal":'),
  salts: Buffer.from(',"salts":'),
  seq: Buffer.from(',"seq":'),
  surface: Buffer.from(',"surface":'),
  tenantId: Buffer.from(',"tenantId":'),
  valueDigests: Buffer.from(',"valueDigests":'),
  values: Buffer.from(',"values":'),
  workflow: Buffer.from(',"workflow":'),
} as const;

/** Where the value of each member ends, and where the members of three of them lie. */
export class EntryLayout {
  /** Where the line begins, and where it ends, without its line feed. */
  start = 0;
  end = 0;
  actionId = 0;
  contentDigest = 0;
  correlationId = 0;
  facts = 0;
  format = 0;
  hash = 0;
  id = 0;
  kind = 0;
  occurredAt = 0;
  previousHash = 0;
  previousOfAction = 0;
  principal = 0;
  salts = 0;
  seq = 0;
  surface = 0;
  tenantId = 0;
  valueDigests = 0;
  values = 0;
  workflow = 0;
  readonly saltSpans = new Members();
  readonly digestSpans = new Members();
  readonly valueSpans = new Members();
}

/**
 * Finds where everything lies in the line of a sealed entry that begins at `start`: `sealedEntrySchema` over bytes. False
 * for what has another shape or spelling, and for some of what may have it (ids that are not plain ASCII, say). Whether
 * digests are hexadecimal is left to whoever compares them, and whether anything stands behind `end` as well.
 */
export function layOut(bytes: Buffer, start: number, into: EntryLayout): boolean {
  const { saltSpans, digestSpans, valueSpans } = into;
  into.start = start;
  into.actionId = endOfPlainOrNull(bytes, after(bytes, start, opening.actionId));
  if (into.actionId < 0) return false;
  into.contentDigest = endOfDigest(bytes, after(bytes, into.actionId, opening.contentDigest));
  into.correlationId = endOfText(bytes, after(bytes, into.contentDigest, opening.correlationId));
  if (into.correlationId < 0) return false;
  into.facts = endOfObject(bytes, after(bytes, into.correlationId, opening.facts));
  into.format = after(bytes, into.facts, opening.format);
  into.hash = endOfDigest(bytes, after(bytes, into.format, opening.hash));
  into.id = endOfUuid(bytes, after(bytes, into.hash, opening.id));
  if (into.id < 0) return false;
  into.kind = endOfKind(bytes, after(bytes, into.id, opening.kind));
  into.occurredAt = endOfInstant(bytes, after(bytes, into.kind, opening.occurredAt));
  into.previousHash = endOfDigest(bytes, after(bytes, into.occurredAt, opening.previousHash));
  into.previousOfAction = endOfDigestOrNull(bytes, after(bytes, into.previousHash, opening.previousOfAction));
  into.principal = endOfPrincipal(bytes, after(bytes, into.previousOfAction, opening.principal));
  if (into.principal < 0) return false;
  into.salts = endOfDigests(bytes, after(bytes, into.principal, opening.salts), saltSpans);
  into.seq = endOfCount(bytes, after(bytes, into.salts, opening.seq));
  into.surface = endOfTextOrNull(bytes, after(bytes, into.seq, opening.surface));
  into.tenantId = endOfText(bytes, after(bytes, into.surface, opening.tenantId));
  if (into.tenantId < 0) return false;
  into.valueDigests = endOfDigests(bytes, after(bytes, into.tenantId, opening.valueDigests), digestSpans);
  valueSpans.size = 0;
  into.values = endOfObject(bytes, after(bytes, into.valueDigests, opening.values), valueSpans);
  into.workflow = endOfTextOrNull(bytes, after(bytes, into.values, opening.workflow));
  into.end = into.workflow + 1;
  return into.workflow >= 0 && bytes[into.workflow] === 0x7d;
}

const endOfText: Scan = (bytes, at) => moreThanQuotes(at, endOfString(bytes, at));
const endOfPlainText: Scan = (bytes, at) => moreThanQuotes(at, endOfPlainString(bytes, at));
const endOfTextOrNull: Scan = (bytes, at) => (isNull(bytes, at) ? endOfNull(bytes, at) : endOfText(bytes, at));
const endOfPlainOrNull: Scan = (bytes, at) => (isNull(bytes, at) ? endOfNull(bytes, at) : endOfPlainText(bytes, at));
const endOfDigestOrNull: Scan = (bytes, at) => (isNull(bytes, at) ? endOfNull(bytes, at) : endOfDigest(bytes, at));

const moreThanQuotes = (at: number, end: number): number => (end > at + 2 ? end : -1);
const isNull = (bytes: Buffer, at: number): boolean => at >= 0 && bytes[at] === 0x6e;

/** As long as a SHA-256 in hex, with its quotes; whether it is one, `isDigest` says, or what it is compared with. */
function endOfDigest(bytes: Buffer, at: number): number {
  return at >= 0 && bytes[at] === 0x22 && bytes[at + 65] === 0x22 ? at + 66 : -1;
}

/** Whether the 64 characters from here on are hexadecimal in lower case. */
export function isDigest(bytes: Buffer, at: number): boolean {
  for (let next = at; next < at + 64; next += 1) if (!isHex(bytes[next])) return false;
  return true;
}

/** An object whose names are plain, in order, and whose values are as long as digests. */
function endOfDigests(bytes: Buffer, at: number, members: Members): number {
  members.size = 0;
  if (at < 0 || bytes[at] !== 0x7b) return -1;
  if (bytes[at + 1] === 0x7d) return at + 2;
  let before = -1;
  for (let name = at + 1; ; ) {
    const named = endOfPlainName(bytes, name);
    const end = named >= 0 && bytes[named] === 0x3a ? endOfDigest(bytes, named + 1) : -1;
    if (end < 0 || (before >= 0 && !isBefore(bytes, before, name))) return -1;
    members.add(name, named, named + 1, end);
    if (bytes[end] === 0x7d) return end + 1;
    if (bytes[end] !== 0x2c) return -1;
    before = name;
    name = end + 1;
  }
}

function endOfPlainName(bytes: Buffer, at: number): number {
  if (bytes[at] !== 0x22 || !isLetter(bytes[at + 1])) return -1;
  let end = at + 2;
  while (isLetter(bytes[end]) || isDigit(bytes[end]) || bytes[end] === 0x5f) end += 1;
  return bytes[end] === 0x22 ? end + 1 : -1;
}

const endOfUuid: Scan = (bytes, at) => endOfShape(bytes, at, uuid);
const endOfInstant: Scan = (bytes, at) => endOfShape(bytes, at, instant);
const uuid = Buffer.from('"xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"');
const instant = Buffer.from('"0000-00-00T00:00:00.000Z"');

/** Text of this shape, in which `x` stands for a hexadecimal digit in lower case and `0` for a decimal one. */
function endOfShape(bytes: Buffer, at: number, shape: Buffer): number {
  if (at < 0) return -1;
  for (let index = 0; index < shape.length; index += 1) {
    const expected = shape[index];
    const byte = bytes[at + index];
    const fits = expected === 0x78 ? isHex(byte) : expected === 0x30 ? isDigit(byte) : byte === expected;
    if (!fits) return -1;
  }
  return at + shape.length;
}

/** In UPPER_CASE. */
function endOfKind(bytes: Buffer, at: number): number {
  const end = endOfPlainText(bytes, at);
  for (let next = at + 1; next < end - 1; next += 1) {
    const byte = bytes[next] ?? 0;
    if (!(byte >= 0x41 && byte <= 0x5a) && (byte !== 0x5f || next === at + 1)) return -1;
  }
  return end;
}

function endOfPrincipal(bytes: Buffer, at: number): number {
  const id = endOfText(bytes, after(bytes, at, principalId));
  const kind = endOfText(bytes, after(bytes, id, principalKind));
  return kind >= 0 && bytes[kind] === 0x7d ? kind + 1 : -1;
}

const principalId = Buffer.from('{"id":');
const principalKind = Buffer.from(',"kind":');

/** A positive integer that is exact. */
function endOfCount(bytes: Buffer, at: number): number {
  if (at < 0 || !isDigit(bytes[at]) || bytes[at] === 0x30) return -1;
  let end = at + 1;
  while (isDigit(bytes[end])) end += 1;
  return end - at <= 15 ? end : -1;
}

const isDigit = (byte = 0): boolean => byte >= 0x30 && byte <= 0x39;
const isLetter = (byte = 0): boolean => (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
