import { CountersignError, type GraphClient, type RequestContext } from '@countersign/kernel';
import { parse } from 'graphql';
import type { RoutedQuestion } from './router.ts';

export interface Source {
  readonly id: string;
  readonly text: string;
  readonly start: number;
  readonly documentId: string;
  readonly documentTitle: string;
}

export interface Sources extends Pick<RoutedQuestion, 'retrievalConfidence'> {
  /** Best first. */
  readonly passages: readonly Source[];
}

/** More cost a model's reading without adding to what it finds. */
const mostPassages = 8;
/** What search takes, in UTF-16 code units. A longer question is looked for by its beginning and answered as a whole. */
const longestQuery = 2_000;

/**
 * What the caller may read about a question, asked of the graph as the caller, together with their tenant's budget.
 * Throws `BUDGET_EXCEEDED` when that is spent, and what the graph refuses the caller.
 */
export async function gatherSources(graph: GraphClient, question: string, context: RequestContext): Promise<Sources> {
  const { search, viewer } = await graph.run<AnswerSources, AnswerSourcesVariables>(
    answerSources,
    { query: beginningOf(question), first: mostPassages },
    context,
  );
  assertWithin(viewer?.tenant.budget);
  const passages = search.edges.map(({ node }) => ({
    id: node.id,
    text: node.quote,
    start: node.start,
    documentId: node.document.id,
    documentTitle: node.document.title,
  }));
  return { passages, retrievalConfidence: Math.max(0, ...search.edges.map((edge) => edge.confidence)) };
}

/** As many whole words of the question as search takes. */
const beginningOf = (question: string): string =>
  question.length <= longestQuery
    ? question
    : question
        .slice(0, longestQuery)
        .replace(/\s+\S*$/, '')
        .toWellFormed();

const answerSources = parse(`
  query AnswerSources($query: String!, $first: Int!) {
    search(query: $query, first: $first) {
      edges { confidence node { id quote start document { id title } } }
    }
    viewer { tenant { budget { monthlyUsd spentUsd } } }
  }
`);

type AnswerSourcesVariables = { query: string; first: number };

interface AnswerSources {
  readonly search: {
    readonly edges: readonly {
      readonly confidence: number;
      readonly node: {
        readonly id: string;
        readonly quote: string;
        readonly start: number;
        readonly document: { readonly id: string; readonly title: string };
      };
    }[];
  };
  /** Null for a machine, which has no tenant to ask for its budget. */
  readonly viewer: { readonly tenant: { readonly budget: Budget | null } } | null;
}

interface Budget {
  readonly monthlyUsd: number;
  readonly spentUsd: number;
}

/** Usage is counted a moment after it happened, so questions asked at the same time may together overdraw a little. */
function assertWithin(budget: Budget | null | undefined): void {
  if (!budget || budget.spentUsd < budget.monthlyUsd) return;
  throw new CountersignError(
    'BUDGET_EXCEEDED',
    `The budget of ${budget.monthlyUsd} USD for this month is spent. An administrator can raise it with setBudget.`,
    { extensions: { monthlyUsd: budget.monthlyUsd, spentUsd: budget.spentUsd } },
  );
}
