import type { DetailedError } from '@cedar-policy/cedar-wasm/nodejs';

export type PolicyProblemCode =
  /** It cannot be read. */
  | 'POLICY_SYNTAX'
  /** More than 64 KiB, or more than 50 statements. */
  | 'POLICY_TOO_LARGE'
  /** Nested or chained deeper than the engine can follow. */
  | 'POLICY_TOO_DEEP'
  | 'POLICY_UNKNOWN_ATTRIBUTE'
  | 'POLICY_UNKNOWN_PERMISSION'
  /** An attribute that may be absent is used without asking `has` first. */
  | 'POLICY_UNGUARDED_ATTRIBUTE'
  /** A statement that does not say which permissions it is about. */
  | 'POLICY_WITHOUT_PERMISSION'
  /** A statement that can never apply. */
  | 'POLICY_IMPOSSIBLE'
  /** It is about a list, and cannot be made into a filter. */
  | 'POLICY_NOT_LISTABLE'
  /** Anything else that does not hold: types, unknown entity types, templates, hidden characters. */
  | 'POLICY_INVALID';

export interface PolicyProblem {
  readonly code: PolicyProblemCode;
  readonly message: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units, as editors count. */
  readonly column: number;
}

export function problemAt(text: string, offset: number, code: PolicyProblemCode, message: string): PolicyProblem {
  const lines = text.slice(0, offset).split('\n');
  return { code, message, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

/** Where Cedar's message points to, as an offset into the text; Cedar counts bytes of UTF-8. */
export function offsetOf(text: string, { sourceLocations }: DetailedError): number | null {
  const bytes = sourceLocations?.[0]?.start;
  return bytes === undefined ? null : Buffer.from(text).subarray(0, bytes).toString().length;
}

/** Cedar's words without its own names for the statements, which nobody has seen. */
export function messageOf({ message, help, sourceLocations }: DetailedError): string {
  const expected = sourceLocations?.[0]?.label;
  return [message, help, expected]
    .filter((each) => typeof each === 'string' && each !== '')
    .map((each) => each?.replace(/^for policy `[^`]*`, |^failed to parse polic(y|ies) from string: /, ''))
    .join('; ');
}
