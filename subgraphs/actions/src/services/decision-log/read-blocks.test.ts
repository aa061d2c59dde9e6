import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readBlocks } from './read-blocks.ts';
import { Slabs } from './slabs.ts';

const longest = 40;

/** The lines of a text, as blocks of this size have them, when it comes in pieces of that one. */
async function linesOf(text: string, { slab, piece }: { slab: number; piece: number }): Promise<string[]> {
  const bytes = Buffer.from(text, 'latin1');
  const slabs = new Slabs(slab);
  const reused = Buffer.alloc(piece);
  function* pieces(): Generator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += piece) yield reused.subarray(0, bytes.copy(reused, 0, at, at + piece));
  }
  const lines: string[] = [];
  for await (const block of readBlocks(pieces(), slabs, longest)) {
    const read = Buffer.from(block.bytes).toString('latin1', 0, block.size);
    lines.push(...read.split(/(?<=\n)/).filter((line) => line !== ''));
    if (block.skipped) lines.push(block.skipped.ended ? 'skipped\n' : 'skipped');
    // Whoever keeps a block that was given back would see this.
    block.bytes.fill(0x0a);
    slabs.giveBack(block.bytes);
  }
  return lines;
}

describe('the blocks of a file', () => {
  it('have all its lines in order, whatever pieces it comes in and however little memory there is', async () => {
    const line = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.constantFrom('', 'x'.repeat(longest), 'x'.repeat(longest + 1)),
    );
    const size = fc.integer({ min: 1, max: longest });
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.boolean(), size, size, async (lines, ended, slab, piece) => {
        const text = lines.map((each) => each.replaceAll('\n', ' ')).join('\n') + (ended ? '\n' : '');
        const whole = text.split(/(?<=\n)/).filter((each) => each !== '');
        const expected = whole.map((each) => {
          const feed = each.endsWith('\n') ? '\n' : '';
          // Of a last line without an end it is seen one byte later.
          return each.length > longest + 1 ? `skipped${feed}` : each;
        });
        expect(await linesOf(text, { slab, piece })).toEqual(expected);
      }),
    );
  });
});
