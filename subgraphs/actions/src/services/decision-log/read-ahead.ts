import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Block, type Looked, placesOf } from './line-block.ts';
import type { ReadLine } from './read-lines.ts';

/** How many blocks may be under way for each thread: enough that none waits, few enough for memory to stay as it is. */
const mostAhead = 2;

/** A thread keeps nothing from one block to the next; without a bound it would take its time to clean up. */
const resourceLimits = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 128 };

/** The same lines in the same order, with what was found in them by threads that looked at them meanwhile. */
export async function* readAhead(batches: AsyncIterable<ReadLine[]>, threads: number): AsyncGenerator<ReadLine[]> {
  const lookers = Array.from({ length: threads }, () => new Looker());
  const underWay: Promise<ReadLine[]>[] = [];
  try {
    let turn = 0;
    for await (const lines of batches) {
      const looked = lookers[turn % threads]?.look(lines) ?? Promise.resolve(lines);
      // Whoever waits for it hears of a failure; until then it is nobody's.
      looked.catch(() => {});
      underWay.push(looked);
      turn += 1;
      const due = underWay.length > mostAhead * threads ? underWay.shift() : undefined;
      if (due) yield await due;
    }
    for (const looked of underWay) yield await looked;
  } finally {
    await Promise.all(lookers.map((looker) => looker.end()));
  }
}

/** A thread that looks at lines, one block after the other. */
class Looker {
  readonly #worker = new Worker(new URL(`./looking-thread${extname(import.meta.url)}`, import.meta.url), {
    execArgv: [],
    resourceLimits,
  });
  readonly #waiting: { resolve: (looked: Looked) => void; reject: (error: Error) => void }[] = [];

  constructor() {
    this.#worker.on('message', (looked: Looked) => this.#waiting.shift()?.resolve(looked));
    const failed = (error: Error) => {
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    };
    this.#worker.on('error', failed);
    this.#worker.on('exit', () => failed(new Error('A thread that looks at entries has ended.')));
  }

  async look(lines: readonly ReadLine[]): Promise<ReadLine[]> {
    const block = blockOf(lines);
    const { bytes, ends, places, absent } = await new Promise<Looked>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(block, [block.bytes.buffer, block.ends.buffer]);
    });
    const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    return lines.map((line, index) => ({
      ...line,
      bytes: line.bytes && all.subarray(ends[index - 1] ?? 0, ends[index]),
      places: placesOf(places, index, absent),
    }));
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** The lines' bytes one behind the other, in memory of their own, which goes to the thread and comes back. */
function blockOf(lines: readonly ReadLine[]): Block {
  const ends = new Int32Array(lines.length);
  let size = 0;
  for (const [index, { bytes }] of lines.entries()) {
    size += bytes?.length ?? 0;
    ends[index] = size;
  }
  const bytes = new Uint8Array(size);
  for (const [index, line] of lines.entries()) if (line.bytes) bytes.set(line.bytes, ends[index - 1] ?? 0);
  return { bytes, ends };
}
