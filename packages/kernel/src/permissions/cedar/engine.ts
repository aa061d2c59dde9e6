import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { compileFunction } from 'node:vm';
import type * as Cedar from '@cedar-policy/cedar-wasm/nodejs';

export type CedarLibrary = typeof Cedar;
export type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';

/** The engine broke down over a question. It answers nothing, so whoever asked has to deny. */
export class EngineFault extends Error {
  constructor(cause: unknown) {
    super('The policy engine could not work this out.', { cause });
    this.name = 'EngineFault';
  }
}

let current: CedarLibrary | undefined;
let generation = 0;

/** Counts the engines of this process; what an engine was told to keep is gone with it. */
export const engineGeneration = (): number => generation;

/**
 * Asks Cedar one thing. An engine that trapped (WebAssembly's stack is 1 MB and an overflow leaves it unusable, for
 * every tenant) is thrown away, and the next question gets a new one. Throws `EngineFault`.
 */
export function askCedar<T>(question: (cedar: CedarLibrary) => T): T {
  current ??= newEngine();
  try {
    return question(current);
  } catch (cause) {
    current = undefined;
    generation += 1;
    throw new EngineFault(cause);
  }
}

/** Runs the library's own file again: `require` would answer with the engine that it loaded before. */
function newEngine(): CedarLibrary {
  const require = createRequire(import.meta.url);
  const path = require.resolve('@cedar-policy/cedar-wasm/nodejs');
  const load = compileFunction(readFileSync(path, 'utf8'), ['exports', 'require', '__dirname'], { filename: path });
  const library = {};
  load(library, require, dirname(path));
  // The file fills `exports`, which its own declarations describe.
  return library as CedarLibrary;
}
