import { parentPort } from 'node:worker_threads';
import { type Block, lookAt } from './line-block.ts';

/** A thread of its own, which looks at the blocks that it is given. */
parentPort?.on('message', (block: Block) => {
  parentPort?.postMessage(lookAt(block), [block.bytes.buffer]);
});
