import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type GraphQLFormattedError, print } from 'graphql';

export interface CountersignClient {
  /** Runs a typed document. Throws `CountersignGraphError` when the graph answers with errors. */
  request<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables?: Variables): Promise<Data>;
}

/** The graph refused or failed: the errors as it gave them, the first one's code in front. */
export class CountersignGraphError extends Error {
  readonly code: string;
  readonly errors: readonly GraphQLFormattedError[];

  constructor(errors: readonly GraphQLFormattedError[]) {
    super(errors.map((error) => error.message).join('; '));
    this.name = 'CountersignGraphError';
    this.code = String(errors[0]?.extensions?.code ?? 'UNKNOWN');
    this.errors = errors;
  }
}

export interface ClientOptions {
  /** The graph's address, such as `http://localhost:4000/graphql`. */
  readonly url: string;
  /** The bearer token, or what fetches a fresh one. */
  readonly token: string | (() => string | Promise<string>);
  readonly fetch?: typeof fetch;
}

/** A small typed client: documents come from this package, so that what does not exist cannot be called. */
export function createClient({ url, token, fetch: send = fetch }: ClientOptions): CountersignClient {
  return {
    request: async (document, variables) => {
      const bearer = typeof token === 'function' ? await token() : token;
      const response = await send(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
        body: JSON.stringify({ query: print(document), variables }),
      });
      const { data, errors } = (await response.json()) as { data: never; errors?: GraphQLFormattedError[] };
      if (errors?.length) throw new CountersignGraphError(errors);
      return data;
    },
  };
}
