/** A piece of SQL with `?` for its parameters, as MikroORM takes it. */
export interface Fragment {
  readonly sql: string;
  readonly params: readonly string[];
}

/** Puts pieces together: ``sql`${a} and ${b}` ``. */
export const sql = (strings: TemplateStringsArray, ...parts: readonly Fragment[]): Fragment => ({
  sql: strings.map((text, index) => text + (parts[index]?.sql ?? '')).join(''),
  params: parts.flatMap((part) => part.params),
});

/** SQL of our own making; nothing that anybody typed. */
export const literally = (text: string): Fragment => ({ sql: text, params: [] });

/** Every parameter is text with its type beside it, so that no driver has to guess. */
export const parameter = (value: string, type: 'text' | 'bigint' | 'numeric'): Fragment => ({
  sql: `?::${type}`,
  params: [value],
});

export const joined = (parts: readonly Fragment[], between: string): Fragment => ({
  sql: parts.map((part) => part.sql).join(between),
  params: parts.flatMap((part) => part.params),
});
