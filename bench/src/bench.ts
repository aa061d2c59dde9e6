/** A measurement with a name: ours beside a named peer, in the same run. */
export interface Bench {
  readonly name: string;
  /** What is measured beside what, in one sentence. */
  readonly about: string;
  /** Its options, in one line. */
  readonly usage: string;
  /** Measures and prints. Throws when the peers do not answer the same. */
  run(args: readonly string[]): Promise<void>;
}

/** An option that cannot be understood; its message says what would be right. */
export class UsageError extends Error {}
