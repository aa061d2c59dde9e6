/**
 * One operation that needs all five subgraphs: actions, their makers and checkers (tenants), their evidence's documents
 * and passages (knowledge), an answer (inference) with its sources (knowledge), the viewer (tenants) and the budget
 * (billing). Everything that hangs on an action crosses by `@key`.
 */
export const federationQuery = `query Federation($first: Int!, $answer: ID!) {
  viewer {
    id email name permissions
    roles { id name description }
    tenant { id name region budget { monthlyUsd spentUsd remainingUsd } }
  }
  answer(id: $answer) {
    id question status text confidence createdAt
    route { tier provider model reason costUsd latencyMs }
    citations {
      marker quote start end
      document { id title source }
      passage { id ordinal start end quote }
    }
  }
  actions(first: $first) {
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges {
      cursor
      node {
        id status tool title reversible planHash attempts createdAt updatedAt
        maker { id name }
        preview { summary changes { path before after } }
        policy { decision reasons }
        evidence {
          id marker quote sha256
          document { id title source createdAt access { roles } }
          passage { id ordinal start end quote document { id title } }
        }
        approvals { id decision comment at approver { id name } }
      }
    }
  }
}`;
