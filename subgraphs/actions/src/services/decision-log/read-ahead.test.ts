import { describe, expect, it } from '@jest/globals';
import { eraseValues } from './entry.ts';
import { asLine } from './file-line.ts';
import { sampleFile, sampleKeys } from './sample-file.fixture.ts';
import { sampleEntries } from './sample-log.fixture.ts';
import { verifyLogFile } from './verify-file.ts';

const whole = sampleFile(120, [50, 120], { entries: sampleEntries(120) });

/** In pieces that end in the middle of lines. */
function* pieces(lines: readonly string[]): Generator<Uint8Array> {
  const bytes = Buffer.from(lines.join(''));
  for (let at = 0; at < bytes.length; at += 10_007) yield bytes.subarray(at, at + 10_007);
}

describe('a file whose entries are looked at by other threads', () => {
  it('is found to be just what one thread finds, whether it holds or not', async () => {
    const forged = { ...JSON.parse(whole.lines[30] ?? ''), facts: { forged: true } };
    const withheld = whole.lines.map((line) => {
      const parsed = JSON.parse(line);
      return 'seq' in parsed ? asLine(eraseValues(parsed, ['note'])) : line;
    });
    const files = [
      whole.lines,
      withheld,
      whole.lines.with(30, asLine(forged)),
      whole.lines.toSpliced(40, 2),
      whole.lines.with(20, whole.lines[70] ?? '').with(70, whole.lines[20] ?? ''),
      [...whole.lines, 'not a line of it\n'],
      whole.lines.slice(0, 90),
      [],
    ];
    for (const lines of files) {
      const options = { keys: sampleKeys };
      const alone = await verifyLogFile(pieces(lines), options);
      expect(await verifyLogFile(pieces(lines), { ...options, threads: 2 })).toEqual(alone);
    }
    expect(await verifyLogFile(pieces(whole.lines), { keys: sampleKeys, threads: 2 })).toMatchObject({ ok: true });
  });

  it('fails as its source does', async () => {
    const broken = (async function* () {
      yield Buffer.from(whole.lines.join(''));
      throw new Error('The disk is gone.');
    })();
    await expect(verifyLogFile(broken, { keys: sampleKeys, threads: 1 })).rejects.toThrow('The disk is gone.');
  });
});
