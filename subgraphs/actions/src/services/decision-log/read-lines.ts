import type { EntryPlaces } from './quick-entry.ts';

/** A line of a file, from 1. */
export interface ReadLine {
  readonly number: number;
  /** Without its line feed, good until the next lines are asked for; null for a line that is too long. */
  readonly bytes: Buffer | null;
  /** False for a last line that no line feed ends. */
  readonly ended: boolean;
  /** What `placesIn` finds in it, where somebody has looked already. */
  readonly places?: EntryPlaces | null;
}

/** More than any entry has; a file without line feeds is not to fill the memory. */
const longestLine = 32 * 1024 * 1024;
const lineFeed = 0x0a;

/**
 * The lines of a file as it is read, whatever the pieces that it comes in: with each piece those that end in it. A line
 * feed alone ends a line.
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<ReadLine[]> {
  let number = 0;
  let begun = new BegunLine();
  for await (const piece of chunks) {
    const chunk = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    const lines: ReadLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      number += 1;
      lines.push({ number, bytes: begun.endedBy(chunk.subarray(start, end)), ended: true });
      if (!begun.empty) begun = new BegunLine();
      start = end + 1;
    }
    begun.add(chunk.subarray(start));
    yield lines;
  }
  if (!begun.empty) yield [{ number: number + 1, bytes: begun.endedBy(Buffer.alloc(0)), ended: false }];
}

/** The text of a line; null for one that is not UTF-8. */
export function textOf(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** What earlier pieces have of a line. */
class BegunLine {
  readonly #parts: Buffer[] = [];
  #size = 0;

  add(part: Buffer): void {
    this.#size += part.length;
    // A reader may use its buffer again for the next piece.
    if (part.length > 0 && this.#size <= longestLine) this.#parts.push(Buffer.from(part));
  }

  get empty(): boolean {
    return this.#size === 0;
  }

  endedBy(rest: Buffer): Buffer | null {
    if (this.#size + rest.length > longestLine) return null;
    return this.empty ? rest : Buffer.concat([...this.#parts, rest]);
  }
}
