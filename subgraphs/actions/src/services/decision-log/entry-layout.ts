import {
  after,
  endOfNull,
  endOfObject,
  endOfPlainString,
  endOfString,
  isBefore,
  type Members,
  type Scan,
} from './canonical-scan.ts';

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
export type EntryLayout = { readonly [Member in keyof typeof opening]: number } & {
  readonly saltSpans: Members;
  readonly digestSpans: Members;
  readonly valueSpans: Members;
};

/**
 * Where everything lies in the line of a sealed entry: `sealedEntrySchema` over bytes. Null for what has another shape or
 * spelling, and for some of what may have it (ids that are not plain ASCII, say). Whether digests are hexadecimal is left to
 * whoever compares them.
 */
export function layoutOf(line: Buffer): EntryLayout | null {
  const saltSpans: Members = [];
  const digestSpans: Members = [];
  const valueSpans: Members = [];
  const actionId = plainOrNull(line, after(line, 0, opening.actionId));
  const contentDigest = endOfDigest(line, after(line, actionId, opening.contentDigest));
  const correlationId = text(line, after(line, contentDigest, opening.correlationId));
  const facts = endOfObject(line, after(line, correlationId, opening.facts));
  const format = after(line, facts, opening.format);
  const hash = endOfDigest(line, after(line, format, opening.hash));
  const id = shapedAs(uuid, line, after(line, hash, opening.id));
  const kind = endOfKind(line, after(line, id, opening.kind));
  const occurredAt = shapedAs(instant, line, after(line, kind, opening.occurredAt));
  const previousHash = endOfDigest(line, after(line, occurredAt, opening.previousHash));
  const previousOfAction = digestOrNull(line, after(line, previousHash, opening.previousOfAction));
  const principal = endOfPrincipal(line, after(line, previousOfAction, opening.principal));
  const salts = endOfDigests(line, after(line, principal, opening.salts), saltSpans);
  const seq = endOfCount(line, after(line, salts, opening.seq));
  const surface = textOrNull(line, after(line, seq, opening.surface));
  const tenantId = text(line, after(line, surface, opening.tenantId));
  const valueDigests = endOfDigests(line, after(line, tenantId, opening.valueDigests), digestSpans);
  const values = endOfObject(line, after(line, valueDigests, opening.values), valueSpans);
  const workflow = textOrNull(line, after(line, values, opening.workflow));
  if (workflow < 0 || line[workflow] !== 0x7d || workflow + 1 !== line.length) return null;
  return {
    actionId,
    contentDigest,
    correlationId,
    facts,
    format,
    hash,
    id,
    kind,
    occurredAt,
    previousHash,
    previousOfAction,
    principal,
    salts,
    seq,
    surface,
    tenantId,
    valueDigests,
    values,
    workflow,
    saltSpans,
    digestSpans,
    valueSpans,
  };
}

const nonEmpty =
  (end: Scan): Scan =>
  (line, at) => {
    const behind = end(line, at);
    return behind > at + 2 ? behind : -1;
  };
const orNull =
  (end: Scan): Scan =>
  (line, at) =>
    line[at] === 0x6e ? endOfNull(line, at) : end(line, at);
const text = nonEmpty(endOfString);
const textOrNull = orNull(text);
const plainOrNull = orNull(nonEmpty(endOfPlainString));
const digestOrNull = orNull(endOfDigest);

/** As long as a SHA-256 in hex, with its quotes; whether it is one, `isDigest` says, or what it is compared with. */
function endOfDigest(line: Buffer, at: number): number {
  return at >= 0 && line[at] === 0x22 && line[at + 65] === 0x22 ? at + 66 : -1;
}

/** Whether the 64 characters from here on are hexadecimal in lower case. */
export function isDigest(line: Buffer, at: number): boolean {
  for (let next = at; next < at + 64; next += 1) if (!isHex(line[next])) return false;
  return true;
}

/** An object whose names are plain, in order, and whose values are as long as digests. */
function endOfDigests(line: Buffer, at: number, members: Members): number {
  if (line[at] !== 0x7b) return -1;
  if (line[at + 1] === 0x7d) return at + 2;
  for (let name = at + 1; ; ) {
    const named = endOfPlainName(line, name);
    const end = line[named] === 0x3a ? endOfDigest(line, named + 1) : -1;
    if (end < 0 || (members.length > 0 && !isBefore(line, members[members.length - 4] ?? 0, name))) return -1;
    members.push(name, named, named + 1, end);
    if (line[end] === 0x7d) return end + 1;
    if (line[end] !== 0x2c) return -1;
    name = end + 1;
  }
}

function endOfPlainName(line: Buffer, at: number): number {
  if (line[at] !== 0x22 || !isLetter(line[at + 1])) return -1;
  let end = at + 2;
  while (isLetter(line[end]) || isDigit(line[end]) || line[end] === 0x5f) end += 1;
  return line[end] === 0x22 ? end + 1 : -1;
}

const uuid = '"xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"';
const instant = '"0000-00-00T00:00:00.000Z"';

/** Text of this shape, in which `x` stands for a hexadecimal digit in lower case and `0` for a decimal one. */
function shapedAs(shape: string, line: Buffer, at: number): number {
  if (at < 0) return -1;
  for (let index = 0; index < shape.length; index += 1) {
    const expected = shape.charCodeAt(index);
    const byte = line[at + index];
    const fits = expected === 0x78 ? isHex(byte) : expected === 0x30 ? isDigit(byte) : byte === expected;
    if (!fits) return -1;
  }
  return at + shape.length;
}

/** In UPPER_CASE. */
function endOfKind(line: Buffer, at: number): number {
  const end = nonEmpty(endOfPlainString)(line, at);
  for (let next = at + 1; next < end - 1; next += 1) {
    const byte = line[next] ?? 0;
    if (!(byte >= 0x41 && byte <= 0x5a) && (byte !== 0x5f || next === at + 1)) return -1;
  }
  return end;
}

function endOfPrincipal(line: Buffer, at: number): number {
  const id = text(line, after(line, at, principalId));
  const kind = text(line, after(line, id, principalKind));
  return kind >= 0 && line[kind] === 0x7d ? kind + 1 : -1;
}

const principalId = Buffer.from('{"id":');
const principalKind = Buffer.from(',"kind":');

/** A positive integer that is exact. */
function endOfCount(line: Buffer, at: number): number {
  if (!isDigit(line[at]) || line[at] === 0x30) return -1;
  let end = at + 1;
  while (isDigit(line[end])) end += 1;
  return end - at <= 15 ? end : -1;
}

const isDigit = (byte = 0): boolean => byte >= 0x30 && byte <= 0x39;
const isLetter = (byte = 0): boolean => (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
const isHex = (byte = 0): boolean => hexValues[byte] !== notHex;

export const notHex = 0xff;
/** What each byte is worth as a hexadecimal digit in lower case. */
export const hexValues = new Uint8Array(256).fill(notHex);
for (const [value, digit] of [...Buffer.from('0123456789abcdef')].entries()) hexValues[digit] = value;
