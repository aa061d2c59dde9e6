/** What a new, empty tab says. */
export const welcome = '# Ctrl-Space completes, Ctrl-Enter runs. The book on the left describes the whole graph.\n';

/**
 * The walk: a question becomes a cited answer, the answer a typed action, somebody else countersigns it, it happens
 * once, it is undone, and the log shows all of it. `as` is the part of the demo user's address before the @.
 */
export const walk = [
  {
    operation: 'Viewer',
    as: 'operator',
    query: `# Who am I, and what may I do?
# One query over two subgraphs.
query Viewer {
  viewer {
    email
    tenant {
      name
      region
      budget {
        monthlyUsd
        spentUsd
      }
    }
    roles {
      name
    }
    permissions
  }
}
`,
  },
  {
    operation: 'Ingest',
    as: 'operator',
    query: `# Chunked, embedded, stored:
# searchable when it returns.
mutation Ingest($input: IngestDocumentInput!) {
  ingestDocument(input: $input) {
    document {
      id
    }
    userErrors {
      code
      message
      path
    }
  }
}
`,
    variables: {
      input: {
        source: 'playground',
        title: 'Diabetes follow-up',
        text: 'Patients with type 2 diabetes have their hemoglobin A1c measured every three months until two results in a row are below 53 mmol/mol. After that, every six months is enough.',
        access: { roles: ['operator', 'approver'] },
      },
    },
  },
  {
    operation: 'Search',
    as: 'operator',
    query: `# By words and by meaning at once,
# and only what this user may read.
query Search($query: String!, $first: Int, $after: String) {
  search(query: $query, first: $first, after: $after) {
    edges {
      node {
        quote
        document {
          title
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
`,
    variables: { query: 'hemoglobin A1c interval', first: 5 },
  },
  {
    operation: 'Answer',
    as: 'operator',
    query: `# Answered from documents with exact quotes,
# or refused with a reason.
mutation Answer($input: AnswerInput!) {
  answer(input: $input) {
    answer {
      id
      status
      text
      confidence
      refusalReason
      citations {
        marker
        quote
        start
        end
        document {
          title
        }
      }
      route {
        tier
        provider
        costUsd
        latencyMs
      }
    }
    userErrors {
      code
      message
    }
  }
}
`,
    variables: { input: { question: 'How often is hemoglobin A1c measured in type 2 diabetes?' } },
  },
  {
    operation: 'Propose',
    as: 'operator',
    query: `# Shows what would change,
# and waits for a second person.
mutation Propose($input: FhirCreateServiceRequestInput!, $options: ActionOptions) {
  fhirCreateServiceRequest(input: $input, options: $options) {
    action {
      id
      status
      reversible
      preview {
        summary
        changes {
          path
          before
          after
        }
      }
      evidence {
        quote
      }
      policy {
        decision
        reasons
      }
    }
    userErrors {
      code
      message
      path
    }
  }
}
`,
    variables: {
      input: {
        patient: 'Patient/maria-lindqvist',
        code: { system: 'http://loinc.org', code: '4548-4', display: 'Hemoglobin A1c/Hemoglobin.total in Blood' },
        priority: 'ROUTINE',
        note: 'Due by the follow-up policy.',
      },
      options: { idempotencyKey: '<new key>', evidence: [{ answerId: '<last answer>', markers: [1] }] },
    },
  },
  {
    operation: 'Approve',
    as: 'approver',
    query: `# The second signature.
# Whoever proposed it is refused.
mutation Approve($input: ApproveActionInput!) {
  approveAction(input: $input) {
    action {
      id
      status
    }
    userErrors {
      code
      message
      path
    }
  }
}
`,
    variables: { input: { actionId: '<last action>', comment: 'Agreed.' } },
  },
  {
    operation: 'Execute',
    as: 'operator',
    query: `# Happens once, however often it is asked for.
mutation Execute($input: ExecuteActionInput!) {
  executeAction(input: $input) {
    action {
      id
      status
      outcome {
        externalId
      }
    }
    userErrors {
      code
      message
      path
    }
  }
}
`,
    variables: { input: { actionId: '<last action>' } },
  },
  {
    operation: 'Undo',
    as: 'operator',
    query: `# The undo is an action of its own.
mutation Undo($input: UndoActionInput!) {
  undoAction(input: $input) {
    action {
      id
      status
      undo {
        id
        status
      }
    }
    userErrors {
      code
      message
      path
    }
  }
}
`,
    variables: { input: { actionId: '<last action>', reason: 'It was a rehearsal.' } },
  },
  {
    operation: 'DecisionLog',
    as: 'auditor',
    query: `# Every step, numbered and chained:
# verified once all of it is sealed.
query DecisionLog($actionId: ID!) {
  decisionLog(actionId: $actionId) {
    edges {
      node {
        seq
        kind
        hash
        previousHash
      }
    }
    verified
  }
}
`,
    variables: { actionId: '<last action>' },
  },
  {
    operation: 'UnitEconomics',
    as: 'admin',
    query: `# What one action that succeeded has cost, all in.
query UnitEconomics {
  unitEconomics {
    successfulActions
    totalCostUsd
    costPerSuccessfulActionUsd
  }
}
`,
  },
];
