/** Runs one operation; answers its data. */
export type Graph = <Data>(query: string, variables?: object) => Promise<Data>;

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string }[];
}

/** The graph over HTTP, as one person. Throws on every error, also on those that a caller could mend. */
export const graphAt =
  (url: string, token: string): Graph =>
  async <Data>(query: string, variables: object = {}): Promise<Data> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors = [] } = (await response.json()) as Answer; // GraphQL over HTTP has this shape.
    const problems = [...errors, ...Object.values(data ?? {}).flatMap(userErrorsOf)];
    if (problems.length > 0) throw new Error(problems.map((each) => each.message).join('; '));
    return data as Data; // The caller knows the shape of what it asked.
  };

const userErrorsOf = (field: unknown): { message: string }[] =>
  typeof field === 'object' && field !== null && 'userErrors' in field
    ? (field.userErrors as { message: string }[])
    : [];
