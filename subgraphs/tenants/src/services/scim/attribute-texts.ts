import { type AttributeDeclaration, type Attributes, problem } from '@countersign/kernel';

/**
 * SCIM's texts as values of the types that the tenant's schema says. What the schema does not know is accepted and not
 * kept (RFC 7644 3.3), so that a tenant need not declare all that its directory sends. Refuses with
 * `ATTRIBUTE_INVALID`.
 */
export function valuesOf(
  declared: readonly AttributeDeclaration[],
  texts: Readonly<Record<string, string | null>>,
): Record<string, Attributes[string] | null> {
  const known = declared.filter(({ name }) => Object.hasOwn(texts, name));
  return Object.fromEntries(known.map((each) => [each.name, typed(each, texts[each.name] ?? null)]));
}

function typed({ name, type }: AttributeDeclaration, text: string | null): Attributes[string] | null {
  if (text === null) return null;
  switch (type) {
    case 'Long': {
      if (/^-?\d{1,16}$/.test(text.trim())) return Number(text);
      throw problem('ATTRIBUTE_INVALID', `"${name}" is a whole number.`, ['attributes', name]);
    }
    case 'Boolean': {
      const said = text.trim().toLowerCase();
      if (said === 'true' || said === 'false') return said === 'true';
      throw problem('ATTRIBUTE_INVALID', `"${name}" is true or false.`, ['attributes', name]);
    }
    case 'Set<String>':
      return text
        .split(',')
        .map((each) => each.trim())
        .filter((each) => each !== '');
    default:
      return text;
  }
}
