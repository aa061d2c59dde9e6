import type { Block } from './line-block.ts';
import type { Slabs } from './slabs.ts';

/** More than any entry has; a file without line feeds is not to fill the memory. */
const longestLine = 32 * 1024 * 1024;
const lineFeed = 0x0a;

/**
 * The lines of a file as it is read, whatever the pieces that it comes in, which may lie in the same memory one after the
 * other. A line feed alone ends a line.
 */
export async function* readBlocks(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  slabs: Slabs,
  longest = longestLine,
): AsyncGenerator<Block> {
  let bytes = slabs.take();
  let size = 0;
  let skipping = false;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      if (skipping) {
        const end = piece.indexOf(lineFeed, at);
        at = end < 0 ? piece.length : end + 1;
        if (end < 0) continue;
        skipping = false;
        yield { bytes: new Uint8Array(), size: 0, skipped: { ended: true } };
      } else if (size < bytes.length) {
        const part = piece.subarray(at, at + bytes.length - size);
        bytes.set(part, size);
        size += part.length;
        at += part.length;
      } else {
        const whole = bytes.lastIndexOf(lineFeed) + 1;
        const full = bytes;
        if (whole === 0 && size > longest) {
          skipping = true;
          size = 0;
          continue;
        }
        // A line that fills it all goes on in more memory; what is begun of the next one goes to other memory.
        size -= whole;
        bytes = size < slabs.size ? slabs.take() : new Uint8Array(Math.min(2 * size, longest + 1));
        bytes.set(full.subarray(whole));
        if (whole > 0) yield { bytes: full, size: whole, skipped: null };
      }
    }
  }
  if (skipping) yield { bytes: new Uint8Array(), size: 0, skipped: { ended: false } };
  else if (size > 0) yield { bytes, size, skipped: null };
  else slabs.giveBack(bytes);
}
