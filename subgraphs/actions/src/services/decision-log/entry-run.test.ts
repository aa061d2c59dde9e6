import { hash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from './canonical.ts';
import { emptyHead, seal, sealHash } from './chain.ts';
import { eraseValues, type LogEntry, type SealedEntry } from './entry.ts';
import { runsIn } from './entry-run.ts';
import { asLine } from './file-line.ts';
import { GrowingTree } from './growing-tree.ts';
import { entryIn } from './quick-entry.ts';
import { sampleFile, sampleKeys } from './sample-file.fixture.ts';
import { SAMPLE_TENANT, sampleEntries, sampleLog } from './sample-log.fixture.ts';
import { type FileReport, verifyLogFile } from './verify-file.ts';

const { sealed } = sampleLog(40);
const runsOf = (entries: readonly SealedEntry[]) => runsIn(Buffer.from(entries.map(asLine).join('')));
const sizes = (entries: readonly SealedEntry[]): number[] => runsOf(entries).map(({ lines }) => lines);

/** Entries that are sealed again, so that each of them holds in itself. */
const resealed = (entries: readonly LogEntry[]): SealedEntry[] => seal(emptyHead(SAMPLE_TENANT), entries).sealed;

describe('a run of entries', () => {
  it('is as long as each follows from the one before it, and says what is to be known behind it', () => {
    const [run] = runsOf(sealed);
    expect(sizes(sealed)).toEqual([40]);
    expect(run).toMatchObject({ first: 1, last: 40, hash: sealed[39]?.hash, previousHash: sealed[0]?.previousHash });
    expect(run?.actions.map(({ id, before, last }) => [id.at(-1), before, last])).toEqual(
      [37, 38, 39].map((index) => [String(index % 3), null, sealed[index]?.contentDigest]),
    );
    expect(run?.absent).toEqual([]);
  });

  it('grows a tree as its entries would, from wherever it begins', () => {
    for (let from = 0; from < 34; from += 1) {
      const tree = new GrowingTree({ size: 0, roots: [] });
      const grafted = new GrowingTree({ size: 0, roots: [] });
      for (const entry of sealed) {
        tree.append(entry.hash);
        if (entry.seq <= from) grafted.append(entry.hash);
      }
      for (const subtree of runsOf(sealed.slice(from))[0]?.subtrees ?? []) grafted.graft(subtree);
      expect(grafted.frontier).toEqual(tree.frontier);
    }
  });

  it('ends where an entry is missing, doubled, or does not hold', () => {
    expect(sizes(sealed.toSpliced(20, 1))).toEqual([20, 19]);
    expect(sizes(sealed.toSpliced(20, 0, ...sealed.slice(19, 20)))).toEqual([20, 21]);
    expect(sizes(sealed.map((entry) => (entry.seq === 21 ? { ...entry, facts: {} } : entry)))).toEqual([20, 19]);
  });

  it('ends where an entry holds in itself and follows from another one, or from none of its action', () => {
    const entries = sampleEntries(40);
    const other = resealed(entries.map((entry, at) => (at === 9 ? { ...entry, facts: { forged: true } } : entry)));
    expect(sizes([...sealed.slice(0, 20), ...other.slice(20)])).toEqual([20, 20]);
    // The action's next entry names the one that was there before.
    for (const previousOfAction of [null, '0'.repeat(64), entries[0]?.previousOfAction ?? 'f'.repeat(64)]) {
      const gap = entries.map((entry, at) => (at === 20 ? { ...entry, previousOfAction } : entry));
      expect(sizes(resealed(gap))).toEqual([20, 3, 17]);
    }
  });

  it('is of one tenant', () => {
    const entries = sampleEntries(40).map((entry, at) => ({
      ...entry,
      actionId: null,
      tenantId: at < 20 ? SAMPLE_TENANT : 'globex',
    }));
    const { sealed: ours, head } = seal(emptyHead(SAMPLE_TENANT), entries.slice(0, 20));
    const { sealed: theirs } = seal({ ...head, tenantId: 'globex' }, entries.slice(20));
    expect(sizes([...ours, ...theirs])).toEqual([20, 20]);
  });

  it('ends where a line is not UTF-8, though all its digests hold', () => {
    const [before, entry, ...others] = sealed.map((each) => ({ ...each, actionId: null, previousOfAction: null }));
    if (!before || !entry) throw new Error('The sample is too short.');
    const { values, salts, seq, hash: _, previousHash, contentDigest: __, ...content } = { ...entry, surface: 'ÿ' };
    // Of one byte for each character, so that it is the byte 0xff that is hashed, and that stands in the line.
    const text = Buffer.from(canonicalJson({ ...content, domain: 'countersign.log.entry' }), 'latin1');
    const contentDigest = hash('sha256', text);
    const forged = { ...content, values, salts, seq, previousHash, contentDigest, hash: '' };
    const line = Buffer.from(asLine({ ...forged, hash: sealHash(forged) }), 'latin1');
    expect(entryIn(line)).toBeNull();
    expect(entryIn(line, 0, true)).not.toBeNull();
    const block = Buffer.concat([
      Buffer.from(asLine(sealed[0] ?? before)),
      line,
      Buffer.from(others.map(asLine).join('')),
    ]);
    expect(runsIn(block).every(({ start, end }) => block.subarray(start, end).indexOf(0xff) < 0)).toBe(true);
  });

  it('says which values are not there', () => {
    const [run] = runsOf(sealed.map((entry) => (entry.seq === 5 ? eraseValues(entry, ['note']) : entry)));
    expect(run?.absent).toEqual([{ seq: 5, id: sealed[4]?.id, fields: ['note'] }]);
  });
});

describe('a file that is read in runs', () => {
  const whole = sampleFile(40, [10, 25, 40], { entries: sampleEntries(40) });
  const verify = (lines: readonly string[], oneByOne: boolean): Promise<FileReport> =>
    verifyLogFile([Buffer.from(lines.join(''))], { keys: sampleKeys, oneByOne });

  it('is found to be just what it is found to be entry by entry, whatever was done to its lines', async () => {
    const forged = whole.lines.map((line) => line.replace('"Bring earlier images"', '"Bring nothing"'));
    const other = sampleFile(40, [40], { entries: sampleEntries(40) }).lines;
    const place = fc.nat({ max: whole.lines.length - 1 });
    const change = fc.oneof(
      fc.record({ from: place, removed: fc.nat({ max: 3 }), put: fc.constant('') }),
      fc.record({
        from: place,
        removed: fc.nat({ max: 1 }),
        put: fc.constantFrom(...whole.lines, ...other, ...forged),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 4 }), async (changes) => {
        let lines = whole.lines;
        for (const { from, removed, put } of changes) lines = lines.toSpliced(from, removed, ...(put ? [put] : []));
        const report = await verify(lines, false);
        expect(report).toEqual(await verify(lines, true));
        expect(report.ok).toBe(lines.join('') === whole.lines.join(''));
      }),
      { numRuns: 300 },
    );
  });
});
