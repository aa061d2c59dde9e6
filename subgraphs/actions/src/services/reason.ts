import { problem } from '@countersign/kernel';
import { assertStorable } from './storable.ts';

const longest = 2_000;

/** Why somebody does it, as the log keeps it. Refuses with `REASON_REQUIRED`, `INVALID_TEXT`. */
export function checkReason(reason: string): string {
  assertStorable(reason, ['input', 'reason']);
  const text = reason.trim();
  if (text.length > 0 && text.length <= longest) return text;
  const message = `Say why, in 1 to ${longest} characters; it has ${text.length}. The reason is kept in the log.`;
  throw problem('REASON_REQUIRED', message, ['input', 'reason'], { longest });
}
