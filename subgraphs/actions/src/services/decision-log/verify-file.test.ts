import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eraseValues, newEntry } from './entry.ts';
import { asLine } from './file-line.ts';
import { sampleFile, sampleKeys, signedHead } from './sample-file.fixture.ts';
import { SAMPLE_TENANT, sampleEntries } from './sample-log.fixture.ts';
import { keyIdOf, signTreeHead } from './tree-head.ts';
import { type FileOptions, type FileReport, verifyLogFile } from './verify-file.ts';

const entries = sampleEntries(40);
const whole = sampleFile(40, [10, 25, 40], { entries });
const trusting: FileOptions = { keys: sampleKeys };
const verify = (lines: readonly string[], options: FileOptions = trusting): Promise<FileReport> =>
  verifyLogFile([Buffer.from(lines.join(''))], options);
const codes = ({ counts }: FileReport) => Object.keys(counts).sort();
/** The line of an entry, from 0: behind the opening, and behind the heads at 10 and 25. */
const lineOf = (seq: number) => 1 + seq + (seq > 10 ? 1 : 0) + (seq > 25 ? 1 : 0);

describe('an untouched file', () => {
  it('holds, up to the last entry that its signed heads cover', async () => {
    expect(await verify(whole.lines)).toMatchObject({
      ok: true,
      tenantId: SAMPLE_TENANT,
      entries: 40,
      lastSeq: 40,
      chainedTo: 40,
      attestedTo: 40,
      treeHead: whole.treeHeads[2],
      head: whole.head,
      absent: { withheld: 0, erased: 0 },
    });
  });

  it('holds in whatever pieces it is read', async () => {
    const bytes = Buffer.from(whole.lines.join(''));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5_000 }), async (size) => {
        const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
          bytes.subarray(at * size, (at + 1) * size),
        );
        expect((await verifyLogFile(pieces, trusting)).ok).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('holds in parts, each from where the one before ended', async () => {
    const first = await verify(sampleFile(25, [25], { entries }).lines);
    const from = first.head ?? undefined;
    const second = sampleFile(40, [40], { entries, from });
    expect(await verify(second.lines, { ...trusting, from })).toMatchObject({
      ok: true,
      beginsAfter: 25,
      attestedTo: 40,
    });
    expect(await verify(second.lines)).toMatchObject({ ok: true, attestedTo: 40 });
    const other = { ...whole.head, frontier: whole.head.frontier.toReversed() };
    expect(codes(await verify(second.lines, { ...trusting, from: other }))).toContain('HEAD_MISMATCH');
  });

  it('holds without its values, which it still commits to', async () => {
    const withheld = whole.lines.map((line) => {
      const parsed = JSON.parse(line);
      return 'seq' in parsed ? asLine(eraseValues(parsed, ['patient', 'note'])) : line;
    });
    expect(await verify(withheld)).toMatchObject({ ok: true, absent: { withheld: 80, erased: 0 } });
  });

  it('tells what was erased, and by which entry, from what is withheld', async () => {
    const [target] = entries.slice(4);
    const erasure = newEntry({
      tenantId: SAMPLE_TENANT,
      actionId: null,
      kind: 'ERASURE',
      occurredAt: new Date(),
      principal: { kind: 'user', id: 'officer' },
      correlationId: 'request',
      facts: { entryId: target?.id, fields: ['patient'], reason: 'asked for' },
      previousOfAction: null,
    });
    const file = sampleFile(41, [41], { entries: [...entries, erasure] });
    const line = JSON.parse(file.lines[6] ?? '');
    const report = await verify(file.lines.with(6, asLine(eraseValues(line, ['patient', 'note']))));
    expect(report).toMatchObject({
      ok: true,
      absent: { withheld: 1, erased: 1, erasures: [{ seq: 5, field: 'patient', erasedBy: 41 }] },
    });
  });
});

describe('a file that was tampered with', () => {
  it('does not hold with any single byte changed', async () => {
    // Of a short one, since each byte takes a verification; the test of the real export has forty entries.
    const bytes = Buffer.from(sampleFile(3, [2, 3], { entries }).lines.join(''));
    for (let at = 0; at < bytes.length; at += 1) {
      const altered = Buffer.from(bytes);
      altered[at] = otherByte(bytes[at] ?? 0);
      const { ok } = await verifyLogFile([altered], trusting);
      if (ok) throw new Error(`Byte ${at} can be changed unseen.`);
    }
    expect(bytes.length).toBeGreaterThan(4_000);
  });

  it('does not hold with any line removed, doubled, or swapped with another', async () => {
    const { lines } = whole;
    for (const [at, line] of lines.entries()) {
      expect((await verify(lines.toSpliced(at, 1))).ok).toBe(false);
      expect((await verify(lines.toSpliced(at, 0, line))).ok).toBe(false);
      for (let other = at + 1; other < lines.length; other += 7) {
        expect((await verify(lines.with(at, lines[other] ?? '').with(other, line))).ok).toBe(false);
      }
    }
  });

  it('does not hold when it was cut off anywhere', async () => {
    const text = Buffer.from(whole.lines.join(''));
    for (let size = 0; size < text.length; size += 97) {
      expect((await verifyLogFile([text.subarray(0, size)], trusting)).ok).toBe(false);
    }
    for (let kept = 0; kept < whole.lines.length; kept += 1) {
      expect((await verify(whole.lines.slice(0, kept))).ok).toBe(false);
    }
  });

  it('says which entries are missing, and which stand elsewhere', async () => {
    const removed = await verify(whole.lines.toSpliced(lineOf(12), 3));
    expect(removed.findings).toContainEqual(expect.objectContaining({ code: 'REMOVED', seq: 12, toSeq: 14 }));
    expect(removed).toMatchObject({ chainedTo: 11, attestedTo: 10 });
    const [a, b] = [lineOf(13), lineOf(19)];
    const swapped = await verify(whole.lines.with(a, whole.lines[b] ?? '').with(b, whole.lines[a] ?? ''));
    const moved = swapped.findings.filter(({ code }) => code === 'REORDERED');
    expect(moved.map(({ seq }) => seq).sort()).toEqual([13, 19]);
  });

  it('shows an entry that was put in twice, and which of the two the chain goes through', async () => {
    const forged = { ...JSON.parse(whole.lines[lineOf(7)] ?? ''), facts: { forged: true } };
    for (const at of [lineOf(7), lineOf(8)]) {
      const report = await verify(whole.lines.toSpliced(at, 0, asLine(forged)));
      expect(codes(report)).toEqual(['CONTENT_ALTERED', 'INSERTED', 'NOT_WHOLE']);
      expect(report.attestedTo).toBe(40);
    }
  });

  it('shows a log that was rewritten from any place on, resealed and counted anew', async () => {
    for (const place of [0, 12, 39]) {
      const rewritten = entries.map((entry, at) => (at === place ? { ...entry, facts: { forged: true } } : entry));
      const own = sampleFile(40, [40], { entries: rewritten }).lines;
      const kept = whole.treeHeads[2];
      const lines = own.map((line) => (line.includes('"treeHead"') && kept ? asLine({ treeHead: kept }) : line));
      expect(codes(await verify(lines))).toContain('HEAD_MISMATCH');
    }
  });

  it('shows that it ends before a head that was kept elsewhere, though it is whole in itself', async () => {
    const shorter = sampleFile(25, [25], { entries });
    expect((await verify(shorter.lines)).ok).toBe(true);
    const report = await verify(shorter.lines, { ...trusting, heads: [whole.treeHeads[2]] });
    expect(report.findings).toMatchObject([{ code: 'TRUNCATED', seq: 26, toSeq: 40 }]);
  });

  it('is not believed for a key that it brings along, unless that is said', async () => {
    expect(codes(await verify(whole.lines, {}))).toEqual(['HEAD_NOT_TRUSTED', 'UNATTESTED']);
    expect((await verify(whole.lines, { trustKeysInFile: true })).ok).toBe(true);
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const { tenantId, treeSize } = whole.head;
    const rootHash = signedHead(whole.head).rootHash;
    const forged = signTreeHead({ tenantId, treeSize, rootHash, sealedAt: new Date() }, privateKey);
    const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const lines = sampleFile(40, [40], { entries }).lines.map((line) =>
      line.includes('"treeHead"')
        ? asLine({ treeHead: forged })
        : line.includes('"logKey"')
          ? asLine({ logKey: { id: keyIdOf(publicKey), publicKey: publicPem } })
          : line,
    );
    expect(codes(await verify(lines))).toEqual(['HEAD_NOT_TRUSTED', 'UNATTESTED']);
  });

  it('is not that of another tenant', async () => {
    expect(codes(await verify(whole.lines, { ...trusting, tenantId: 'globex' }))).toContain('FOREIGN');
  });

  it('yields findings, never an exception, for whatever stands in it', async () => {
    const odd = fc.oneof(fc.json(), fc.string(), fc.constantFrom(...whole.lines));
    await fc.assert(
      fc.asyncProperty(fc.array(odd), async (lines) => {
        const report = await verify(lines.map((line) => (line.endsWith('\n') ? line : `${line}\n`)));
        expect(typeof report.ok).toBe('boolean');
      }),
    );
  });

  it('is read without keeping more than a bounded number of findings', async () => {
    const rubbish = Array.from({ length: 5_000 }, () => '{}\n');
    const report = await verify(rubbish, { mostFindings: 10 });
    expect(report.findings).toHaveLength(10);
    expect(Object.values(report.counts).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(5_000);
  });
});

/** Hexadecimal stays hexadecimal, so that it is not the shape alone that gives the change away. */
function otherByte(byte: number): number {
  const character = String.fromCharCode(byte);
  if (/[0-9a-e]/.test(character)) return (character === '9' ? 'a' : String.fromCharCode(byte + 1)).charCodeAt(0);
  return byte ^ 1;
}
