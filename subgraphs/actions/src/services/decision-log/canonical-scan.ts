/**
 * Reads canonical JSON (RFC 8785) where it lies, in UTF-8, without making anything of it. Each function answers where
 * what begins at `at` ends, and -1 for what is not canonical, and also for what is rare: whoever asks then looks at it
 * the long way. So an answer other than -1 has to be right, and -1 says nothing. That the bytes are UTF-8 at all is
 * looked at elsewhere. No line feed is part of anything here, so none of them looks behind the end of its line.
 */
export type Scan = (bytes: Buffer, at: number) => number;

/**
 * Where the members of an object lie: four places each, where the name begins and ends with its quotes, and the value.
 * The same room is used for one line after the other.
 */
export class Members {
  readonly places: number[] = [];
  /** How many places are of this line; what lies behind them is of an earlier one. */
  size = 0;

  add(name: number, named: number, value: number, end: number): void {
    this.places[this.size] = name;
    this.places[this.size + 1] = named;
    this.places[this.size + 2] = value;
    this.places[this.size + 3] = end;
    this.size += 4;
  }
}

const deepest = 64;

export function endOfValue(bytes: Buffer, at: number, depth = 0): number {
  switch (bytes[at]) {
    case 0x22: // "
      return endOfString(bytes, at);
    case 0x7b: // {
      return depth < deepest ? endOfObject(bytes, at, null, depth + 1) : -1;
    case 0x5b: // [
      return depth < deepest ? endOfArray(bytes, at, depth + 1) : -1;
    case 0x74: // t
      return after(bytes, at, literals.true);
    case 0x66: // f
      return after(bytes, at, literals.false);
    case 0x6e: // n
      return endOfNull(bytes, at);
    default:
      return endOfNumber(bytes, at);
  }
}

/** An object with its members in order; says in `members` where they lie. */
export function endOfObject(bytes: Buffer, at: number, members: Members | null = null, depth = 1): number {
  if (bytes[at] !== 0x7b) return -1;
  if (bytes[at + 1] === 0x7d) return at + 2;
  let before = -1;
  for (let next = at + 1; ; ) {
    const named = endOfName(bytes, next);
    if (named < 0 || bytes[named] !== 0x3a) return -1;
    if (before >= 0 && !isBefore(bytes, before, next)) return -1;
    const end = endOfValue(bytes, named + 1, depth);
    if (end < 0) return -1;
    if (members) members.add(next, named, named + 1, end);
    if (bytes[end] === 0x7d) return end + 1;
    if (bytes[end] !== 0x2c) return -1;
    before = next;
    next = end + 1;
  }
}

export function endOfString(bytes: Buffer, at: number): number {
  if (bytes[at] !== 0x22) return -1;
  for (let next = at + 1; next < bytes.length; next += 1) {
    const byte = bytes[next] ?? 0;
    if (byte === 0x22) return next + 1;
    if (byte < 0x20) return -1;
    if (byte === 0x5c) {
      next = endOfEscape(bytes, next) - 1;
      if (next < 0) return -1;
    }
  }
  return -1;
}

/** Text that stands for itself: ASCII without escapes, so that its bytes are the string. */
export function endOfPlainString(bytes: Buffer, at: number): number {
  if (bytes[at] !== 0x22) return -1;
  for (let next = at + 1; next < bytes.length; next += 1) {
    const byte = bytes[next] ?? 0;
    if (byte === 0x22) return next + 1;
    if (byte < 0x20 || byte === 0x5c || byte > 0x7e) return -1;
  }
  return -1;
}

export const endOfNull: Scan = (bytes, at) => after(bytes, at, literals.null);

/** Behind these very bytes. */
export function after(bytes: Buffer, at: number, expected: Buffer): number {
  const end = at + expected.length;
  if (at < 0 || end > bytes.length) return -1;
  for (let index = 0; index < expected.length; index += 1) {
    if (bytes[at + index] !== expected[index]) return -1;
  }
  return end;
}

function endOfArray(bytes: Buffer, at: number, depth: number): number {
  if (bytes[at + 1] === 0x5d) return at + 2;
  for (let next = at + 1; ; ) {
    const end = endOfValue(bytes, next, depth);
    if (end < 0) return -1;
    if (bytes[end] === 0x5d) return end + 1;
    if (bytes[end] !== 0x2c) return -1;
    next = end + 1;
  }
}

// Names are in the order of their UTF-16 code units, which for ASCII is that of their bytes; others are rare.
const endOfName: Scan = endOfPlainString;

/** Whether the one name is before the other; both begin with their quotes. The same name twice is not in order. */
export function isBefore(bytes: Buffer, one: number, other: number): boolean {
  for (let index = 1; ; index += 1) {
    const [left = 0, right = 0] = [bytes[one + index], bytes[other + index]];
    if (left === right && left !== 0x22) continue;
    // A name that the other begins with ends first; a quote inside of a name would have been an escape.
    if (left === 0x22) return right !== 0x22;
    return right !== 0x22 && left < right;
  }
}

/** Integers that are exact are as they are spelled; any other number has to be as ECMAScript would write it. */
function endOfNumber(bytes: Buffer, at: number): number {
  let end = at;
  let digitsOnly = true;
  for (; end < bytes.length; end += 1) {
    const byte = bytes[end] ?? 0;
    if (byte >= 0x30 && byte <= 0x39) continue;
    if (byte !== 0x2d && byte !== 0x2b && byte !== 0x2e && byte !== 0x65 && byte !== 0x45) break;
    digitsOnly = false;
  }
  if (end === at) return -1;
  if (digitsOnly && end - at <= 15) return bytes[at] === 0x30 && end - at > 1 ? -1 : end;
  const text = bytes.toString('latin1', at, end);
  return String(Number(text)) === text ? end : -1;
}

/** The escapes that JSON.stringify writes, and no others. */
function endOfEscape(bytes: Buffer, at: number): number {
  switch (bytes[at + 1]) {
    case 0x22: // \"
    case 0x5c: // \\
    case 0x62: // \b
    case 0x66: // \f
    case 0x6e: // \n
    case 0x72: // \r
    case 0x74: // \t
      return at + 2;
    default:
      return controls.test(bytes.toString('latin1', at, at + 6)) ? at + 6 : -1;
  }
}

const controls = /^\\u00(?:0[0-7be-f]|1[0-9a-f])$/;
const literals = { true: Buffer.from('true'), false: Buffer.from('false'), null: Buffer.from('null') };
