import type { Principal } from '@countersign/kernel';
import { startTestSubgraphs, type TestSubgraphs, testPrincipal } from '@countersign/kernel/testing';
import { knowledge } from '../src/index.ts';

export interface DocumentInput {
  readonly title?: string;
  readonly text?: string;
  readonly source?: string;
  readonly roles?: readonly string[];
  readonly classification?: string;
  readonly department?: string | null;
}

export interface SearchPage {
  readonly edges: {
    readonly cursor: string;
    readonly score: number;
    readonly confidence: number;
    readonly node: {
      readonly id: string;
      readonly quote: string;
      readonly start: number;
      readonly end: number;
      readonly ordinal: number;
      readonly document: { readonly id: string; readonly title: string };
    };
  }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

export interface IngestAnswer {
  readonly document: { readonly id: string } | null;
  readonly userErrors: { readonly code: string; readonly path: string[]; readonly params: object | null }[];
}

/** The subgraph at work, and how tests ask it. */
export async function openHouse() {
  const house = await startTestSubgraphs([knowledge]);
  return {
    database: house.database,
    close: () => house.close(),
    execute: (principal: Principal, query: string, variables?: Record<string, unknown>) =>
      house.execute('knowledge', principal, query, variables),
    async ingest(principal: Principal, input: DocumentInput): Promise<IngestAnswer> {
      const { source = 'Handbook', title = 'A title', text = 'Some words.', roles = ['operator'], ...labels } = input;
      const answer = await house.execute(
        'knowledge',
        principal,
        `mutation($input: IngestDocumentInput!) {
          ingestDocument(input: $input) { document { id } userErrors { code path params } }
        }`,
        { input: { source, title, text, access: { roles, ...labels } } },
      );
      return dataOf<{ ingestDocument: IngestAnswer }>(answer).ingestDocument;
    },
    async search(principal: Principal, query: string, page: { first?: number; after?: string | null } = {}) {
      const answer = await house.execute(
        'knowledge',
        principal,
        `query($query: String!, $first: Int, $after: String) {
          search(query: $query, first: $first, after: $after) {
            edges { cursor score confidence node { id quote start end ordinal document { id title } } }
            pageInfo { hasNextPage endCursor }
          }
        }`,
        { query, ...page },
      );
      return dataOf<{ search: SearchPage }>(answer).search;
    },
    countStatements: (work: () => Promise<unknown>) => countStatements(house, work),
  };
}

export type House = Awaited<ReturnType<typeof openHouse>>;

/** Someone who may read and ingest, but administers nothing. */
export const reader = (overrides: Partial<Principal> = {}): Principal =>
  testPrincipal({ permissions: ['knowledge:document:read', 'knowledge:document:ingest'], ...overrides });

/** The statements that are sent while `work` runs, without those that open and close transactions. */
async function countStatements({ database }: TestSubgraphs, work: () => Promise<unknown>): Promise<number> {
  if (database.backend.kind !== 'pglite') throw new Error('Statements are counted on the embedded database.');
  const { pglite } = database.backend;
  const exec = pglite.exec;
  let statements = 0;
  pglite.exec = (sql, options) => {
    // A transaction is opened by the message of its first statement.
    const asked = sql.replace(/^begin[^;]*(?:; set local [^;]*)*(?:; )?/, '');
    const isOne = asked !== '' && !/^(?:commit|rollback)\b/.test(asked);
    // What was decided is written down beside requests, every second.
    if (isOne && !sql.includes('kernel.access_decision')) statements += 1;
    return exec.call(pglite, sql, options);
  };
  try {
    await work();
  } finally {
    pglite.exec = exec;
  }
  return statements;
}

export function dataOf<Data>({ data, errors }: { data?: unknown; errors?: readonly unknown[] | null }): Data {
  if (errors) throw new Error(`Answered with errors: ${JSON.stringify(errors)}`);
  return data as Data; // The query's own text says what its answer is.
}
