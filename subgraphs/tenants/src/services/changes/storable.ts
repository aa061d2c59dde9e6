import { problem } from '@countersign/kernel';

const longest: Readonly<Record<string, number>> = { reason: 2_000, comment: 2_000, note: 2_000 };

/**
 * What is kept with a change has to fit into the database: no NUL, no half of a surrogate pair, and what people write
 * for people in at most 2,000 characters. Refuses with `TEXT_INVALID` and `TEXT_TOO_LONG`.
 */
export function insistStorable(value: unknown, path: readonly string[] = ['input']): void {
  if (typeof value === 'string') insistText(value, path);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, each] of Object.entries(value)) {
    insistText(key, path);
    insistStorable(each, [...path, key]);
  }
}

function insistText(text: string, path: readonly string[]): void {
  if (text.includes('\0') || !text.isWellFormed()) {
    throw problem('TEXT_INVALID', 'The text has a NUL, or half of a character, in it: leave it out.', [...path]);
  }
  const most = path.length === 2 ? longest[path[1] ?? ''] : undefined;
  if (most === undefined || text.length <= most) return;
  const message = `Write at most ${most} characters here; these are ${text.length}.`;
  throw problem('TEXT_TOO_LONG', message, [...path], { length: text.length, most });
}
