/** A line of a file, from 1; `text` is null for one that is too long or not UTF-8. */
export interface ReadLine {
  readonly number: number;
  readonly text: string | null;
  /** False for a last line that no line feed ends. */
  readonly ended: boolean;
}

/** More than any entry has; a file without line feeds is not to fill the memory. */
const longestLine = 32 * 1024 * 1024;
const lineFeed = 0x0a;

/** The lines of a file as it is read, whatever the pieces that it comes in. A line feed alone ends a line. */
export async function* readLines(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<ReadLine> {
  let number = 0;
  let begun = new Line();
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      begun.add(chunk.subarray(start, end));
      number += 1;
      yield { number, text: begun.text(), ended: true };
      begun = new Line();
      start = end + 1;
    }
    begun.add(chunk.subarray(start));
  }
  if (!begun.empty) yield { number: number + 1, text: begun.text(), ended: false };
}

class Line {
  readonly #parts: Uint8Array[] = [];
  #size = 0;

  add(part: Uint8Array): void {
    this.#size += part.length;
    // A reader may use its buffer again for the next piece.
    if (this.#size <= longestLine) this.#parts.push(Uint8Array.from(part));
  }

  get empty(): boolean {
    return this.#size === 0;
  }

  text(): string | null {
    if (this.#size > longestLine) return null;
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(this.#parts));
    } catch {
      return null;
    }
  }
}
