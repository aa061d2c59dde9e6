import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Block, type Looked, lookAt } from './line-block.ts';

/** How many blocks a thread may have: enough that it does not wait. */
const mostAhead = 2;

/** How many may be under way for each thread: more, so that this one need not wait for the first of them to look at others. */
const mostUnderWay = 5;

/** A thread keeps nothing from one block to the next; without a bound it would take its time to clean up. */
const resourceLimits = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 };

/**
 * The same blocks in the same order, with what was found in them. Other threads look at as many of them as they can, this
 * one at the others.
 */
export async function* readAhead(blocks: AsyncIterable<Block>, threads: number): AsyncGenerator<Looked> {
  const lookers = Array.from({ length: threads }, () => new Looker());
  const underWay: Promise<Looked>[] = [];
  try {
    for await (const block of blocks) {
      const looker = lookers.find(({ busy }) => busy < mostAhead);
      const looked = looker ? looker.look(block) : Promise.resolve(lookAt(block));
      // Whoever waits for it hears of a failure; until then it is nobody's.
      looked.catch(() => {});
      underWay.push(looked);
      const due = underWay.length > mostUnderWay * threads ? underWay.shift() : undefined;
      if (due) yield await due;
    }
    for (const looked of underWay) yield await looked;
  } finally {
    await Promise.all(lookers.map((looker) => looker.end()));
  }
}

/** A thread that looks at blocks, one after the other. */
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

  /** How many blocks it has. */
  get busy(): number {
    return this.#waiting.length;
  }

  look(block: Block): Promise<Looked> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(block, [block.bytes.buffer]);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
