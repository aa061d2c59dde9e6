import { describe, expect, it } from '@jest/globals';
import { applyPatch } from 'diff';
import fc from 'fast-check';
import { sourceDiff } from '../src/services/policies/source-diff.ts';

const from = (source: string) => ({ name: 'version 1', source });
const to = (source: string) => ({ name: 'version 2', source });
const applied = (before: string, diff: string) => applyPatch(before, diff, { autoConvertLineEndings: false });

describe('a diff of two versions', () => {
  it('shows what was taken out and put in, with the lines around it', () => {
    const diff = sourceDiff(
      from('permit (\n  principal,\n  action\n);\n'),
      to('forbid (\n  principal,\n  action\n);\n'),
    );
    expect(diff).toBe(
      '--- version 1\n+++ version 2\n@@ -1,4 +1,4 @@\n-permit (\n+forbid (\n   principal,\n   action\n );\n',
    );
  });

  it('makes the later version out of the earlier one, for all texts', () => {
    const line = fc.constantFrom('permit', 'forbid', 'when { true }', '', '  x', '\r', '-a', '+b', '\\ c');
    const text = fc.tuple(fc.array(line, { maxLength: 30 }), fc.boolean()).map(([lines, ended]) => {
      const joined = lines.join('\n');
      return ended ? `${joined}\n` : joined;
    });
    fc.assert(
      fc.property(text, text, (before, after) => {
        fc.pre(before !== after);
        expect(applied(before, sourceDiff(from(before), to(after)))).toBe(after);
      }),
      { numRuns: 500 },
    );
  });

  it('is there at once, and applies, where two large texts have nothing in common', () => {
    const text = (word: string, ended: string) =>
      Array.from({ length: 8_000 }, (_, index) => `${word}${index}`).join('\n') + ended;
    for (const [one, other] of [
      ['\n', ''],
      ['', '\n'],
      ['', ''],
    ] as const) {
      const [before, after] = [text('a', one), text('b', other)];
      const began = performance.now();
      const diff = sourceDiff(from(before), to(after));
      expect(performance.now() - began).toBeLessThan(3_000);
      expect(applied(before, diff)).toBe(after);
    }
  });
});
