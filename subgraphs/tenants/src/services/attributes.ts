import {
  type AttributeDeclaration,
  type Attributes,
  type AttributeType,
  type UserError,
  UserProblem,
} from '@countersign/kernel';

const longestText = 1_000;
const mostOfSet = 500;

/**
 * A person's attributes after a change: what is named is set, null removes it, the rest stays. `had` is null for a new
 * person, who must have all that is required. Refuses with `ATTRIBUTE_UNKNOWN`, `ATTRIBUTE_INVALID`,
 * `ATTRIBUTE_MISSING`, one for each attribute that is wrong.
 */
export function changedAttributes(
  declared: readonly AttributeDeclaration[],
  had: Attributes | null,
  change: Readonly<Record<string, unknown>>,
  path: string[] = ['input', 'attributes'],
): Attributes {
  const byName = new Map(declared.map((each) => [each.name, each]));
  const after = new Map(Object.entries(had ?? {}));
  const errors: UserError[] = [];
  for (const [name, value] of Object.entries(change)) {
    const declaration = byName.get(name);
    // What was there before the schema can be taken away all the same.
    if (value === null && (declaration || after.has(name))) after.delete(name);
    else if (!declaration) errors.push(unknown(name, byName, path));
    else if (!fits(declaration.type, value)) errors.push(invalid(declaration, path));
    else after.set(name, Array.isArray(value) ? [...new Set(value)] : value);
  }
  const isAsked = (name: string) => had === null || Object.hasOwn(change, name);
  const missing = declared.filter(({ name, required }) => required && isAsked(name) && !after.has(name));
  // An attribute of the wrong type has been named already.
  const wrong = new Set(errors.map(({ params }) => params?.attribute));
  errors.push(...missing.filter(({ name }) => !wrong.has(name)).map(({ name }) => absent(name, path)));
  if (errors.length > 0) throw new UserProblem(...errors);
  return Object.fromEntries(after);
}

/** What the type is called where people read of it. */
export const typeInWords: Record<AttributeType, string> = {
  String: `a text of at most ${longestText} characters`,
  Long: 'a whole number between -(2^53 - 1) and 2^53 - 1',
  Boolean: 'true or false',
  'Set<String>': `a list of at most ${mostOfSet} texts of at most ${longestText} characters`,
  Decimal: 'a decimal number',
};

function fits(type: AttributeType, value: unknown): value is string | number | boolean | string[] {
  switch (type) {
    case 'String':
      return isText(value);
    case 'Long':
      return Number.isSafeInteger(value);
    case 'Boolean':
      return typeof value === 'boolean';
    case 'Set<String>':
      return Array.isArray(value) && value.length <= mostOfSet && value.every(isText);
    case 'Decimal':
      return false; // Objects have decimals, people do not.
  }
}

/** What the database and policies can both hold. */
const isText = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= longestText && value.isWellFormed() && !value.includes('\0');

function unknown(name: string, declared: ReadonlyMap<string, unknown>, path: string[]): UserError {
  const names = [...declared.keys()].join(', ') || 'none';
  const message = `There is no attribute "${name.slice(0, 100)}"; the tenant's attribute schema has: ${names}.`;
  return { code: 'ATTRIBUTE_UNKNOWN', message, path: [...path, name], params: { attribute: name } };
}

const invalid = ({ name, type }: AttributeDeclaration, path: string[]): UserError => ({
  code: 'ATTRIBUTE_INVALID',
  message: `"${name}" is ${typeInWords[type]}.`,
  path: [...path, name],
  params: { attribute: name, type },
});

const absent = (name: string, path: string[]): UserError => ({
  code: 'ATTRIBUTE_MISSING',
  message: `Everybody has a value of "${name}": the tenant's attribute schema requires it.`,
  path: [...path, name],
  params: { attribute: name },
});
