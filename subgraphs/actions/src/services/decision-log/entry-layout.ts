import {
  after,
  endOfNull,
  endOfObject,
  endOfPlainString,
  endOfString,
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
 * spelling, and for some of what may have it (ids that are not plain ASCII, say).
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

/** SHA-256 in lower-case hex, with its quotes. */
function endOfDigest(line: Buffer, at: number): number {
  if (line[at] !== 0x22 || line[at + 65] !== 0x22) return -1;
  for (let next = at + 1; next <= at + 64; next += 1) if (!isHex(line[next])) return -1;
  return at + 66;
}

/** An object whose names are plain and whose values are digests. */
function endOfDigests(line: Buffer, at: number, members: Members): number {
  const end = endOfObject(line, at, members);
  for (let span = 0; span < members.length; span += 4) {
    if (!isPlainName(line, members[span] ?? -1, members[span + 1] ?? -1)) return -1;
    if (endOfDigest(line, members[span + 2] ?? -1) !== members[span + 3]) return -1;
  }
  return end;
}

function isPlainName(line: Buffer, from: number, to: number): boolean {
  if (to - from < 3 || !isLetter(line[from + 1])) return false;
  for (let next = from + 2; next < to - 1; next += 1) {
    const byte = line[next] ?? 0;
    if (!isLetter(byte) && !isDigit(byte) && byte !== 0x5f) return false;
  }
  return true;
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
const isHex = (byte = 0): boolean => isDigit(byte) || (byte >= 0x61 && byte <= 0x66);
const isLetter = (byte = 0): boolean => (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
