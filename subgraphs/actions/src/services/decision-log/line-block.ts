import { type EntryRun, runsIn } from './entry-run.ts';

/** Lines of a file one behind the other, each with its line feed, save perhaps the last one of the file. */
export interface Block {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How many of the bytes are of the lines. */
  readonly size: number;
  /** Behind them stands a line that is too long to be kept, and perhaps no line feed ends it. */
  readonly skipped: { readonly ended: boolean } | null;
}

/** The same block with what was found in it. */
export interface Looked extends Block {
  readonly runs: readonly EntryRun[];
}

export function lookAt({ bytes, size, skipped }: Block): Looked {
  return { bytes, size, skipped, runs: runsIn(Buffer.from(bytes.buffer, bytes.byteOffset, size)) };
}
