import { problem } from '@countersign/kernel';
import { asStored } from './decision-log/canonical.ts';
import { LogError } from './decision-log/index.ts';

/** Refuses what no log can keep, with `INVALID_TEXT`: U+0000, and halves of surrogate pairs. */
export function assertStorable(value: unknown, path: string[]): void {
  try {
    asStored(value);
  } catch (error) {
    if (error instanceof LogError) throw problem('INVALID_TEXT', error.message, path);
    throw error;
  }
}
