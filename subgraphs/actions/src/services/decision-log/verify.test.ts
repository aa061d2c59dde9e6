import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { emptyHead, seal } from './chain.ts';
import { contentDigest, eraseValues, newEntry, type SealedEntry } from './entry.ts';
import { rootOf } from './merkle.ts';
import { SAMPLE_TENANT, sampleEntries, sampleLog } from './sample-log.fixture.ts';
import { keyIdOf, signTreeHead } from './tree-head.ts';
import { type LogReport, verifyLog } from './verify.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const keys = new Map([[keyIdOf(publicKey), publicKey]]);
const { sealed, head } = sampleLog(20);
const signedAt = (size: number) => {
  const frontier = seal(emptyHead(SAMPLE_TENANT), sealed.slice(0, size)).head.frontier;
  const rootHash = rootOf({ size, roots: frontier });
  return signTreeHead({ tenantId: SAMPLE_TENANT, treeSize: size, rootHash, sealedAt: new Date() }, privateKey);
};
const verify = (entries: readonly unknown[], heads: readonly unknown[] = []) =>
  verifyLog(entries, { tenantId: SAMPLE_TENANT, heads, keys });
const codes = (report: LogReport) => report.findings.map((finding) => finding.code);
const anyPlace = fc.nat({ max: sealed.length - 1 });

describe('an untouched log', () => {
  it('verifies, also after its way through JSON', () => {
    expect(verify(JSON.parse(JSON.stringify(sealed)))).toEqual({
      ok: true,
      findings: [],
      absent: [],
      chainedTo: 20,
      attestedTo: 0,
    });
  });

  it('is attested as far as its signed tree heads reach', () => {
    expect(verify(sealed, [signedAt(15), signedAt(8), signedAt(0)])).toMatchObject({ ok: true, attestedTo: 15 });
  });

  it('verifies in parts, each from the head where the one before ended', () => {
    const from = seal(emptyHead(SAMPLE_TENANT), sealed.slice(0, 9)).head;
    const report = verifyLog(sealed.slice(9), { tenantId: SAMPLE_TENANT, from, heads: [signedAt(20)], keys });
    expect(report).toMatchObject({ ok: true, chainedTo: 20, attestedTo: 20 });
  });

  it('verifies when it is empty', () => {
    expect(verify([])).toMatchObject({ ok: true, chainedTo: 0 });
  });
});

describe('a log that was tampered with', () => {
  it('shows every alteration of any single member of any entry, and where it is', () => {
    const log: unknown[] = sealed.slice(0, 6);
    for (const [position, entry] of log.entries()) {
      for (const altered of alterations(entry)) {
        const report = verify(log.with(position, altered));
        expect(report.ok).toBe(false);
        expect(report.findings.some((finding) => finding.position === position)).toBe(true);
      }
    }
  });

  it('tells altered content, seals and values apart', () => {
    const [first, ...rest] = sealed;
    if (first === undefined) throw new Error('no sample');
    expect(codes(verify([{ ...first, facts: {} }, ...rest]))).toEqual(['CONTENT_ALTERED']);
    expect(codes(verify([{ ...first, hash: first.previousHash }, ...rest]))).toEqual(['SEAL_ALTERED']);
    const report = verify([{ ...first, values: { ...first.values, patient: 'Patient/other' } }, ...rest]);
    expect(report.findings).toMatchObject([{ code: 'VALUE_ALTERED', seq: 1, field: 'patient' }]);
  });

  it('shows a value whose first bytes were moved into its salt', () => {
    const [entry] = seal(emptyHead(SAMPLE_TENANT), [sampleValue(12)]).sealed;
    const moved = { ...entry, salts: { amount: `${entry?.salts.amount}31` }, values: { amount: 2 } };
    expect(codes(verify([moved]))).toEqual(['MALFORMED']);
  });

  it('shows the removal of any run of entries before the end', () => {
    fc.assert(
      fc.property(anyPlace, anyPlace, (a, b) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        fc.pre(end < sealed.length - 1);
        const report = verify(sealed.toSpliced(start, end - start + 1));
        expect(report.findings).toContainEqual(
          expect.objectContaining({ code: 'REMOVED', seq: start + 1, toSeq: end + 1 }),
        );
        expect(report.chainedTo).toBe(start);
      }),
    );
  });

  it('shows truncation at any place, given a signed tree head', () => {
    const newest = signedAt(20);
    for (let kept = 0; kept < sealed.length; kept += 1) {
      const report = verify(sealed.slice(0, kept), [newest]);
      expect(report.findings).toMatchObject([{ code: 'TRUNCATED', seq: kept + 1, toSeq: 20 }]);
    }
  });

  it('shows exactly the two entries that were swapped', () => {
    fc.assert(
      fc.property(anyPlace, anyPlace, (a, b) => {
        fc.pre(a !== b);
        const swapped = sealed.with(a, at(b)).with(b, at(a));
        const moved = verify(swapped).findings.map(({ code, seq }) => `${code} ${seq}`);
        expect(moved.sort()).toEqual([`REORDERED ${a + 1}`, `REORDERED ${b + 1}`].sort());
      }),
    );
  });

  it('shows a copy, an entry under a taken number and an entry of another log', () => {
    fc.assert(
      fc.property(anyPlace, fc.nat({ max: sealed.length }), (from, to) => {
        const report = verify(sealed.toSpliced(to, 0, at(from)));
        expect(report.findings).toMatchObject([{ code: 'INSERTED', seq: from + 1 }]);
      }),
    );
    const foreign = { ...sampleValue(1), tenantId: 'globex' };
    const [stranger] = seal(emptyHead('globex'), [foreign]).sealed;
    expect(codes(verify([stranger, ...sealed]))).toEqual(['FOREIGN', 'INSERTED']);
    expect(verify([stranger, ...sealed]).findings).toMatchObject([{ position: 0 }, { position: 0 }]);
  });

  it('shows an entry that was exchanged for a sealed one of its own', () => {
    fc.assert(
      fc.property(fc.nat({ max: sealed.length - 2 }), (place) => {
        const before = seal(emptyHead(SAMPLE_TENANT), sealed.slice(0, place)).head;
        const forged = { ...at(place), facts: { forged: true } };
        const [replacement] = seal(before, [unsealed(forged)]).sealed;
        const report = verify(sealed.with(place, replacement ?? at(place)));
        expect(report.findings).toContainEqual(expect.objectContaining({ code: 'REPLACED', seq: place + 2 }));
      }),
    );
  });

  it('shows a log that was rewritten and resealed from any place on, given tree heads of before', () => {
    fc.assert(
      fc.property(anyPlace, (place) => {
        const entries = sealed.map(unsealed);
        entries[place] = { ...unsealed(at(place)), facts: { forged: true } };
        const rewritten = seal(emptyHead(SAMPLE_TENANT), relinked(entries)).sealed;
        expect(verify(rewritten).ok).toBe(true);
        const report = verify(rewritten, [signedAt(10), signedAt(20)]);
        expect(codes(report)).toContain('HEAD_MISMATCH');
        expect(report.attestedTo).toBe(place < 10 ? 0 : 10);
      }),
    );
  });

  it('shows an action whose entries do not follow from one another, also when it was sealed that way', () => {
    const gap = sampleEntries(9).toSpliced(3, 1);
    const report = verify(seal(emptyHead(SAMPLE_TENANT), gap).sealed);
    expect(report.findings).toMatchObject([{ code: 'ACTION_GAP', seq: 6 }]);
  });

  it('does not believe a tree head that is forged, of an unknown key, or of another tenant', () => {
    const good = signedAt(20);
    const other = generateKeyPairSync('ed25519').privateKey;
    const statement = { tenantId: SAMPLE_TENANT, treeSize: 20, rootHash: good.rootHash, sealedAt: new Date() };
    const globex = signTreeHead({ ...statement, tenantId: 'globex' }, privateKey);
    for (const bad of [{ ...good, treeSize: 19 }, signTreeHead(statement, other), globex]) {
      expect(verify(sealed, [bad])).toMatchObject({
        ok: false,
        attestedTo: 0,
        findings: [{ code: 'HEAD_NOT_TRUSTED' }],
      });
    }
    expect(codes(verify(sealed, [{ treeSize: 20 }]))).toEqual(['MALFORMED']);
  });

  it('yields findings, never an exception, for whatever stands in it', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.jsonValue(), fc.constantFrom(...sealed), oddEntry())), (entries) => {
        expect(() => verify(entries)).not.toThrow();
      }),
    );
  });
});

describe('erasing a value', () => {
  it('keeps everything else verifiable, whichever values are erased', () => {
    fc.assert(
      fc.property(fc.subarray([...sealed.keys()]), (places) => {
        const erased = sealed.map((entry, place) => (places.includes(place) ? eraseValues(entry, ['patient']) : entry));
        const report = verify(erased, [signedAt(20)]);
        expect(report).toMatchObject({ ok: true, chainedTo: 20, attestedTo: 20 });
        expect(report.absent.map(({ seq, field }) => [seq, field])).toEqual(
          places.map((place) => [place + 1, 'patient']),
        );
      }),
    );
  });

  it('is told apart from a value that was merely withheld by the entry that records it', () => {
    const erasure = newEntry({
      tenantId: SAMPLE_TENANT,
      actionId: null,
      kind: 'ERASURE',
      occurredAt: new Date(),
      principal: { kind: 'user', id: 'officer' },
      correlationId: 'request',
      facts: { entryId: at(4).id, fields: ['patient'], reason: 'asked for by the person' },
      previousOfAction: null,
    });
    const [record] = seal(head, [erasure]).sealed;
    const erased = sealed.with(4, eraseValues(at(4), ['patient', 'note']));
    expect(verify([...erased, record])).toMatchObject({
      ok: true,
      absent: [
        { seq: 5, field: 'note', erasedBy: null },
        { seq: 5, field: 'patient', erasedBy: 21 },
      ],
    });
  });

  it('does not pass for erased what lost its value and kept its salt', () => {
    const half = { ...at(2), values: {} };
    expect(verify(sealed.with(2, half)).findings).toMatchObject([
      { code: 'VALUE_ALTERED', field: 'note' },
      { code: 'VALUE_ALTERED', field: 'patient' },
    ]);
  });
});

function at(place: number): SealedEntry {
  const entry = sealed[place];
  if (entry === undefined) throw new Error(`no entry at ${place}`);
  return entry;
}

function unsealed({ seq: _seq, hash: _hash, previousHash: _previous, contentDigest: _content, ...entry }: SealedEntry) {
  return entry;
}

function sampleValue(amount: number) {
  return newEntry({
    tenantId: SAMPLE_TENANT,
    actionId: 'single',
    kind: 'INPUT',
    occurredAt: new Date(),
    principal: { kind: 'user', id: 'maker' },
    correlationId: 'request',
    values: { amount },
    previousOfAction: null,
  });
}

/** The entries with their `previousOfAction` made right again, as a forger would. */
function relinked(entries: ReturnType<typeof unsealed>[]) {
  const lastOf = new Map<string | null, string>();
  return entries.map((entry) => {
    const linked = { ...entry, previousOfAction: lastOf.get(entry.actionId) ?? null };
    lastOf.set(entry.actionId, contentDigest(linked));
    return linked;
  });
}

/** The value with each single member in turn, at any depth, changed, taken away, or joined by a new one. */
function* alterations(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    yield [...value, 'new'];
    for (const [index, item] of value.entries()) {
      yield value.toSpliced(index, 1);
      for (const altered of alterations(item)) yield value.with(index, altered);
    }
  } else if (typeof value === 'object' && value !== null) {
    yield { ...value, unheardOf: 1 };
    for (const [name, member] of Object.entries(value)) {
      yield Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
      for (const altered of alterations(member)) yield { ...value, [name]: altered };
    }
  } else {
    yield typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : value === null ? 'x' : null;
    if (typeof value === 'string') {
      yield `${value}0`;
      // Hexadecimal stays hexadecimal, so that it is not the shape alone that gives the alteration away.
      if (/[0-9a-f]/.test(value)) yield value.replace(/[0-9a-f]/, (digit) => (digit === '1' ? '2' : '1'));
    }
  }
}

function oddEntry(): fc.Arbitrary<unknown> {
  return fc
    .tuple(
      fc.constantFrom(...sealed),
      fc.dictionary(fc.constantFrom('seq', 'hash', 'facts', 'values', 'salts'), fc.jsonValue()),
    )
    .map(([entry, changes]) => ({ ...entry, ...changes }));
}
