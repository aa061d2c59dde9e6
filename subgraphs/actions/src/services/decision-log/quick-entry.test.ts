import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, type JsonObject } from './canonical.ts';
import { emptyHead, seal } from './chain.ts';
import { eraseValues, newEntry, type SealedEntry } from './entry.ts';
import type { Finding } from './finding.ts';
import { textOf } from './line-text.ts';
import { entryIn, followed, isOfTenant } from './quick-entry.ts';
import { SAMPLE_TENANT, sampleLog } from './sample-log.fixture.ts';
import { type FollowedEntry, readEntry } from './verify-entry.ts';

const { sealed } = sampleLog(12);
const tenant = Buffer.from(JSON.stringify(SAMPLE_TENANT));
const lineOf = (entry: SealedEntry): Buffer => Buffer.from(canonicalJson(entry));

function quick(line: Buffer, position: number): FollowedEntry | null {
  const entry = entryIn(line);
  return entry?.layout.end === line.length && isOfTenant(line, entry, tenant) ? followed(line, entry, position) : null;
}

/** The long way: null for what is not canonical, no entry, or has anything wrong with it. */
function slow(line: Buffer): FollowedEntry | null {
  const text = textOf(line);
  try {
    const value: unknown = JSON.parse(text ?? '');
    if (typeof value !== 'object' || value === null || canonicalJson(value) !== text) return null;
    const findings: Finding[] = [];
    const read = readEntry(value, { tenantId: SAMPLE_TENANT, position: 1 }, findings);
    if (!read || findings.length > 0) return null;
    const { id, seq, actionId, contentDigest, previousHash, previousOfAction, hash } = read.entry;
    return { ...read, entry: { id, seq, actionId, contentDigest, previousHash, previousOfAction, hash } };
  } catch {
    return null;
  }
}

function sealedWith(facts: JsonObject, values: JsonObject): SealedEntry {
  const entry = newEntry({
    tenantId: SAMPLE_TENANT,
    actionId: null,
    kind: 'CONFIGURATION',
    occurredAt: new Date(0),
    principal: { kind: 'user', id: 'Zoë' },
    correlationId: 'a "request"\n',
    facts,
    values,
    previousOfAction: null,
  });
  const [only] = seal(emptyHead(SAMPLE_TENANT), [entry]).sealed;
  if (!only) throw new Error('Nothing was sealed.');
  return only;
}

describe('an entry read quickly', () => {
  it('is read as the long way reads it, with its values, without them, and without one of them', () => {
    for (const entry of sealed) {
      for (const kept of [entry, eraseValues(entry, ['note', 'patient']), eraseValues(entry, ['note'])]) {
        const line = lineOf(kept);
        expect(quick(line, 1)).not.toBeNull();
        expect(quick(line, 1)).toEqual(slow(line));
      }
    }
  });

  it('is read whatever it says, as long as names are plain', () => {
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,5}$/);
    const text = fc.string({ unit: 'binary' }).filter((each) => !each.includes('\0') && each.isWellFormed());
    const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
    const { value } = fc.letrec<{ value: JsonObject[string] }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        text,
        number,
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(name, tie('value'), { maxKeys: 4 }),
      ),
    }));
    const object = fc.dictionary(name, value, { maxKeys: 4 });
    fc.assert(
      fc.property(object, object, (facts, values) => {
        const line = lineOf(sealedWith(facts, values));
        expect(quick(line, 1)).not.toBeNull();
        expect(quick(line, 1)).toEqual(slow(line));
      }),
    );
  });

  it('is left to the long way where names are not plain, or what it erases is needed', () => {
    expect(quick(lineOf(sealedWith({ 'Größe "x"': 1 }, {})), 1)).toBeNull();
    const erasure = { ...sealedWith({}, {}), kind: 'ERASURE' };
    expect(quick(lineOf(erasure), 1)).toBeNull();
  });

  it('is never read where the long way would find something, whatever is changed in the line', () => {
    const lines = [...sealed, ...sealed.map((entry) => eraseValues(entry, ['note']))].map(lineOf);
    const odd = fc.constantFrom(...'0123456789abcdefAZ{}[]",:\\ \n-.', '\u0000', 'ÿ', '"x":1,', '\\u0041', '1e5');
    fc.assert(
      fc.property(fc.constantFrom(...lines), fc.nat(), fc.nat({ max: 3 }), odd, (line, place, removed, put) => {
        const at = place % line.length;
        const changed = Buffer.concat([line.subarray(0, at), Buffer.from(put), line.subarray(at + removed)]);
        const read = quick(changed, 1);
        if (read !== null) expect(read).toEqual(slow(changed));
      }),
      { numRuns: 5_000 },
    );
  });

  it('is never read with any single bit changed', () => {
    const [line = Buffer.alloc(0)] = sealed.map(lineOf);
    for (let bit = 0; bit < line.length * 8; bit += 1) {
      const changed = Buffer.from(line);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      if (quick(changed, 1) !== null) throw new Error(`Bit ${bit} can be changed unseen.`);
    }
  });
});
