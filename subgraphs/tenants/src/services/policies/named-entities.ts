export interface NamedEntity {
  readonly kind: 'Role' | 'Group';
  readonly name: string;
  /** Where it stands in the policy's text. */
  readonly offset: number;
}

/** A string or a comment, in which nothing is named; or a role or group. */
const token = /\b(Role|Group)\s*::\s*"((?:[^"\\]|\\.)*)"|"(?:[^"\\]|\\.)*"|\/\/[^\n]*/gs;

/** The roles and groups that a policy names: `Role::"nurse"`. */
export function namedEntities(source: string): NamedEntity[] {
  return [...source.matchAll(token)].flatMap(({ 1: kind, 2: name, index }) =>
    (kind === 'Role' || kind === 'Group') && name !== undefined
      ? [{ kind, name: unescaped(name), offset: index } as const]
      : [],
  );
}

/** The escapes of Cedar's strings (Cedar policy grammar, STR). */
const unescaped = (text: string): string =>
  text.replaceAll(/\\(?:u\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2})|(.))/gs, (_, unicode, ascii, letter) => {
    const code = unicode ?? ascii;
    if (code !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(code, 16), 0x10ffff));
    return { n: '\n', r: '\r', t: '\t', '0': '\0' }[letter as string] ?? letter;
  });
