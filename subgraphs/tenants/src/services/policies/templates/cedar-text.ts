import { z } from 'zod';

/** A name as people give it to roles, groups and departments. What turns text around is refused in policies. */
export const nameText = z
  .string()
  .min(1)
  .max(100)
  .refine((text) => text.isWellFormed() && !/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u.test(text), {
    message: 'A name has no control characters in it.',
  });

export const nameList = z.array(nameText).min(1).max(20);

/** The name of an attribute of the tenant's own, as it can be written in Cedar. */
export const attributeName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, 'An attribute is a letter and up to 63 letters, digits and underscores.');

/** Money: up to 15 digits, and up to four behind the point (Cedar's `decimal`). */
export const amountText = z
  .union([z.string(), z.number().nonnegative().transform(String)])
  .pipe(z.string().regex(/^\d{1,14}(\.\d{1,4})?$/, 'An amount is written 1000 or 1000.50, with at most four places.'))
  .transform((text) => (text.includes('.') ? text : `${text}.0`));

/** A string of Cedar's. The backslash is written by its number, so that nothing after it can be read with it. */
export const quoted = (text: string): string =>
  `"${text.replaceAll(/[\\"]/g, (letter) => (letter === '"' ? '\\"' : '\\u{5c}'))}"`;

export const setOf = (texts: readonly string[]): string => `[${texts.map(quoted).join(', ')}]`;

/** `action == ...` for one permission, `action in [...]` for several. */
export function actionIs(permissions: readonly string[]): string {
  const [first = '', ...more] = permissions.map((permission) => `Action::${quoted(permission)}`);
  return more.length === 0 ? `action == ${first}` : `action in [${[first, ...more].join(', ')}]`;
}
