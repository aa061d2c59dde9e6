import { problem } from '@countersign/kernel';

const longestName = 100;
const control = /\p{Cc}/u;

/** A name as it is stored: without white space around it. Refuses with `NAME_INVALID`. */
export function insistName(wanted: string, path: string[]): string {
  const name = wanted.trim().toWellFormed();
  if (name.length >= 1 && name.length <= longestName && !control.test(name)) return name;
  const message = `A name has 1 to ${longestName} characters, none of them a control character; this one has ${name.length}.`;
  throw problem('NAME_INVALID', message, path, { length: name.length, most: longestName });
}
