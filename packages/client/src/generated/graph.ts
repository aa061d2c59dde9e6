/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** What a decision rests on. */
export type AccessDecidedBy =
  /** A policy could not be worked out, and so refuses. */
  | 'ERROR'
  /** Nothing permits it. */
  | 'NOTHING'
  /** A policy forbids it, or permits what no role does. */
  | 'POLICY'
  /** Roles and grants allow it, and no policy forbids it. */
  | 'ROLES';

/** Who can be asked about. */
export type AccessPrincipalKind =
  /** A machine with a key: its owner's permissions, within the key's own. */
  | 'API_KEY'
  /** A connector with a key of its own. */
  | 'CONNECTOR'
  /** A person. */
  | 'USER';

/** Which citations of an answer a proposal rests on. */
export type ActionEvidenceInput = {
  /** The answer; it is read again as the caller before it is believed. */
  answerId: string | number;
  /** Numbers of its citations. */
  markers: Array<number>;
};

/** What goes before what. */
export type ActionLane =
  /** One of many, for which nobody waits: it goes after what is interactive, and is never forgotten over it. */
  | 'BATCH'
  /** Somebody waits for it. */
  | 'INTERACTIVE';

/** How an action is proposed. */
export type ActionOptions = {
  /** What it rests on. */
  evidence?: Array<ActionEvidenceInput> | null | undefined;
  /**
   * Names the request, 1 to 255 characters: sent again with the same input it is answered with the same action, with
   * another input it is refused.
   */
  idempotencyKey?: string | null | undefined;
  /** What goes before what where much is to be done at once; INTERACTIVE unless told. */
  lane?: ActionLane | null | undefined;
  /** Where it is proposed, such as `console` or `api`. */
  surface?: string | null | undefined;
  /** The business process that it belongs to, as the caller names it. */
  workflow?: string | null | undefined;
};

/** Where an action stands. */
export type ActionStatus =
  /** May be executed as previewed: it was approved, or nobody needed to be asked. */
  | 'APPROVED'
  /** Previewed and permitted, if someone other than its maker approves exactly this plan. */
  | 'AWAITING_APPROVAL'
  /** A policy forbids it. Final. */
  | 'DENIED'
  /** Being done at this moment; its intent is recorded. */
  | 'EXECUTING'
  /** Nobody approved it, or nobody executed it, in time. Final. */
  | 'EXPIRED'
  /** It was tried, and nothing took effect. It may be tried again under the same approval. */
  | 'FAILED'
  /** The other side has done a part of it and refused the rest; the outcome says which. */
  | 'PARTIALLY_SUCCEEDED'
  /** Asked for and previewed; the policies have not decided yet what it needs. */
  | 'PROPOSED'
  /** Someone who was asked refused it, or its maker withdrew it. Final. */
  | 'REJECTED'
  /** What would happen now is no longer what was previewed: it has to be previewed, and approved, again. */
  | 'STALE'
  /** The other side has taken it and will answer later. */
  | 'SUBMITTED'
  /** Done: the other side has confirmed all of it. */
  | 'SUCCEEDED'
  /** An undo of it is under way: an action of its own, which may itself need approval. */
  | 'UNDOING'
  /** It was done, and an undo has succeeded. Final. */
  | 'UNDONE'
  /** It was tried, and whether it took effect is not known yet: the other side is being asked. */
  | 'UNKNOWN';

/** What is asked. */
export type AnswerInput = {
  /** The question, in any language that the sources are in; at most 4,000 characters. */
  question: string;
};

/** Whether a question was answered. */
export type AnswerStatus =
  /** There is a text, and every sentence of it is borne out by a quote. */
  | 'ANSWERED'
  /** There is no answer, and a reason why. */
  | 'REFUSED';

/** How much model an answer takes. */
export type AnswerTier =
  /** A capable model. */
  | 'LARGE'
  /** No model: sentences of the sources as they stand. */
  | 'LOCAL'
  /** A cheap model. */
  | 'SMALL';

/** A checker's approval of an action. */
export type ApproveActionInput = {
  /** The action. */
  actionId: string | number;
  /** Why, for those who read the log; at most 2000 characters. */
  comment?: string | null | undefined;
  /** The plan that was looked at, as `Action.planHash` gave it; refused when another one stands now. */
  planHash?: string | null | undefined;
};

/** How closely a document is kept. By itself it keeps nobody out: policies compare it with clearances. */
export type Classification =
  /** For those who need it; 2 in policies. */
  | 'CONFIDENTIAL'
  /** For the organisation; 1 in policies. */
  | 'INTERNAL'
  /** Anybody may know it; 0 in policies. */
  | 'PUBLIC'
  /** For those who are named; 3 in policies. */
  | 'RESTRICTED';

/** Who may read a document. */
export type DocumentAccessInput = {
  /** How closely it is kept; `PUBLIC` unless told. */
  classification?: Classification | null | undefined;
  /** The department that it belongs to; 1 to 100 characters. */
  department?: string | null | undefined;
  /** The region that it is about or must stay in, such as `eu`; 1 to 100 characters. */
  region?: string | null | undefined;
  /** Names of roles, at least one: whoever holds one of them may read it. */
  roles: Array<string>;
};

/** Which action to execute. */
export type ExecuteActionInput = {
  /** The action. */
  actionId: string | number;
};

/** What is asked: whether somebody may do something. */
export type ExplainAccessInput = {
  /** The object; without one, what roles say of it at all. */
  objectId?: string | number | null | undefined;
  /** The type of the object; the one that the permission is decided on unless told. */
  objectType?: string | null | undefined;
  /** The permission, `subgraph:resource:verb`. */
  permission: string;
  /** Whom it is about; yourself unless told. */
  principalId?: string | number | null | undefined;
  /** What the id is the id of; a user unless told. */
  principalKind?: AccessPrincipalKind | null | undefined;
};

/** What is requested, as a code of a code system. */
export type FhirCreateServiceRequestCodeInput = {
  /** The code within the system. */
  code: string;
  /** The code in words. */
  display?: string | null | undefined;
  /**
   * URI of the code system.
   *
   * Format: uri.
   */
  system: string;
};

/** Input of the tool "Create a service request". */
export type FhirCreateServiceRequestInput = {
  /** What is requested, as a code of a code system. */
  code: FhirCreateServiceRequestCodeInput;
  /** A note for whoever carries it out. */
  note?: string | null | undefined;
  /**
   * When it is to be carried out.
   *
   * Format: date-time.
   */
  occurrence?: string | null | undefined;
  /** Whom it is for: `Patient/` and the id. */
  patient: string;
  /** How soon it is to be carried out. */
  priority?: FhirCreateServiceRequestPriority | null | undefined;
};

/** How soon it is to be carried out. */
export type FhirCreateServiceRequestPriority =
  /** As soon as possible. */
  | 'ASAP'
  /** In the normal order. */
  | 'ROUTINE'
  /** At once. */
  | 'STAT'
  /** Before routine requests. */
  | 'URGENT';

/** A text that answers can be grounded in. */
export type IngestDocumentInput = {
  /** Who may read it. Whoever ingests it may, too. */
  access: DocumentAccessInput;
  /** Where it comes from, such as the name of a handbook; 1 to 300 characters. */
  source: string;
  /** Its words, as plain text or Markdown; at most 1 MB of UTF-8. */
  text: string;
  /** Its title; 1 to 300 characters. */
  title: string;
};

/** What the policies decided about an action. */
export type PolicyDecision =
  /** It may not be executed. */
  | 'DENY'
  /** It may be executed, and nobody need be asked. */
  | 'PERMIT'
  /** It may be executed once someone other than its maker approves. */
  | 'REQUIRE_APPROVAL';

/** A checker's rejection of an action. */
export type RejectActionInput = {
  /** The action. */
  actionId: string | number;
  /** Why, for those who read the log; at most 2000 characters. */
  comment?: string | null | undefined;
  /** The plan that was looked at, as `Action.planHash` gave it; refused when another one stands now. */
  planHash?: string | null | undefined;
};

/** Which action to undo, and why. */
export type UndoActionInput = {
  /** The action to undo. */
  actionId: string | number;
  /** Why; kept in the log and told to the other side. 1 to 2000 characters. */
  reason: string;
};

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { viewer: { email: string | null, permissions: Array<string>, tenant: { name: string, region: string, budget: { monthlyUsd: number, spentUsd: number } | null }, roles: Array<{ name: string }> } | null };

export type IngestDocumentMutationVariables = Exact<{
  input: IngestDocumentInput;
}>;


export type IngestDocumentMutation = { ingestDocument: { document: { id: string, title: string } | null, userErrors: Array<{ code: string, message: string, path: Array<string> | null }> } | null };

export type SearchQueryVariables = Exact<{
  query: string;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type SearchQuery = { search: { edges: Array<{ cursor: string, score: number, node: { quote: string, document: { id: string, title: string } } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type AnswerMutationVariables = Exact<{
  input: AnswerInput;
}>;


export type AnswerMutation = { answer: { answer: { id: string, status: AnswerStatus, text: string | null, confidence: number | null, refusalReason: string | null, citations: Array<{ marker: number, quote: string, start: number, end: number, document: { title: string } | null }>, route: { tier: AnswerTier, provider: string, costUsd: number, latencyMs: number } } | null, userErrors: Array<{ code: string, message: string, path: Array<string> | null }> } | null };

export type CreateServiceRequestMutationVariables = Exact<{
  input: FhirCreateServiceRequestInput;
  options?: ActionOptions | null | undefined;
}>;


export type CreateServiceRequestMutation = { fhirCreateServiceRequest: { action: { id: string, status: ActionStatus, reversible: boolean, preview: { summary: string, changes: Array<{ path: string, before: unknown, after: unknown }> } | null, evidence: Array<{ quote: string | null }>, policy: { decision: PolicyDecision, reasons: Array<string> } } | null, userErrors: Array<{ code: string, message: string, path: Array<string> | null }> } | null };

export type ApproveActionMutationVariables = Exact<{
  input: ApproveActionInput;
}>;


export type ApproveActionMutation = { approveAction: { action: { id: string, status: ActionStatus } | null, userErrors: Array<{ code: string, message: string, path: Array<string> | null }> } | null };

export type RejectActionMutationVariables = Exact<{
  input: RejectActionInput;
}>;


export type RejectActionMutation = { rejectAction: { action: { id: string, status: ActionStatus } | null, userErrors: Array<{ code: string, message: string, path: Array<string> | null }> } | null };

export type ExecuteActionMutationVariables = Exact<{
  input: ExecuteActionInput;
}>;


export type ExecuteActionMutation = { executeAction: { action: { id: string, status: ActionStatus, outcome: { externalId: string | null } | null } | null, userErrors: Array<{ code: string, message: string, path: Array<string> | null }> } | null };

export type UndoActionMutationVariables = Exact<{
  input: UndoActionInput;
}>;


export type UndoActionMutation = { undoAction: { action: { id: string, status: ActionStatus, undo: { id: string, status: ActionStatus } | null } | null, userErrors: Array<{ code: string, message: string, path: Array<string> | null }> } | null };

export type DecisionLogQueryVariables = Exact<{
  actionId: string | number;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type DecisionLogQuery = { decisionLog: { verified: boolean, edges: Array<{ node: { seq: number | null, kind: string, hash: string | null, previousHash: string | null, occurredAt: string } }> } };

export type UnitEconomicsQueryVariables = Exact<{ [key: string]: never; }>;


export type UnitEconomicsQuery = { unitEconomics: { successfulActions: number, totalCostUsd: number, costPerSuccessfulActionUsd: number | null } | null };

export type ExplainAccessQueryVariables = Exact<{
  input: ExplainAccessInput;
}>;


export type ExplainAccessQuery = { explainAccess: { allowed: boolean, decidedBy: AccessDecidedBy, summary: string, policies: Array<{ name: string, version: number, builtIn: boolean, clause: string }> } | null };


export const ViewerDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"tenant"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"region"}},{"kind":"Field","name":{"kind":"Name","value":"budget"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"monthlyUsd"}},{"kind":"Field","name":{"kind":"Name","value":"spentUsd"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"roles"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"permissions"}}]}}]}}]} as unknown as DocumentNode<ViewerQuery, ViewerQueryVariables>;
export const IngestDocumentDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"IngestDocument"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"IngestDocumentInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"ingestDocument"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"document"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<IngestDocumentMutation, IngestDocumentMutationVariables>;
export const SearchDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Search"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"query"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"search"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"query"},"value":{"kind":"Variable","name":{"kind":"Name","value":"query"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"score"}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"quote"}},{"kind":"Field","name":{"kind":"Name","value":"document"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"title"}}]}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]} as unknown as DocumentNode<SearchQuery, SearchQueryVariables>;
export const AnswerDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Answer"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"AnswerInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"answer"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"answer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"text"}},{"kind":"Field","name":{"kind":"Name","value":"confidence"}},{"kind":"Field","name":{"kind":"Name","value":"refusalReason"}},{"kind":"Field","name":{"kind":"Name","value":"citations"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"marker"}},{"kind":"Field","name":{"kind":"Name","value":"quote"}},{"kind":"Field","name":{"kind":"Name","value":"start"}},{"kind":"Field","name":{"kind":"Name","value":"end"}},{"kind":"Field","name":{"kind":"Name","value":"document"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"title"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"route"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"tier"}},{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"costUsd"}},{"kind":"Field","name":{"kind":"Name","value":"latencyMs"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<AnswerMutation, AnswerMutationVariables>;
export const CreateServiceRequestDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateServiceRequest"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"FhirCreateServiceRequestInput"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"options"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ActionOptions"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"fhirCreateServiceRequest"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}},{"kind":"Argument","name":{"kind":"Name","value":"options"},"value":{"kind":"Variable","name":{"kind":"Name","value":"options"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"action"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"reversible"}},{"kind":"Field","name":{"kind":"Name","value":"preview"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"summary"}},{"kind":"Field","name":{"kind":"Name","value":"changes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"before"}},{"kind":"Field","name":{"kind":"Name","value":"after"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"evidence"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"quote"}}]}},{"kind":"Field","name":{"kind":"Name","value":"policy"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"decision"}},{"kind":"Field","name":{"kind":"Name","value":"reasons"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<CreateServiceRequestMutation, CreateServiceRequestMutationVariables>;
export const ApproveActionDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ApproveAction"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ApproveActionInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"approveAction"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"action"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<ApproveActionMutation, ApproveActionMutationVariables>;
export const RejectActionDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RejectAction"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RejectActionInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"rejectAction"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"action"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<RejectActionMutation, RejectActionMutationVariables>;
export const ExecuteActionDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ExecuteAction"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ExecuteActionInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"executeAction"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"action"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"externalId"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<ExecuteActionMutation, ExecuteActionMutationVariables>;
export const UndoActionDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"UndoAction"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"UndoActionInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"undoAction"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"action"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"undo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<UndoActionMutation, UndoActionMutationVariables>;
export const DecisionLogDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"DecisionLog"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"actionId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"decisionLog"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"actionId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"actionId"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"seq"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"hash"}},{"kind":"Field","name":{"kind":"Name","value":"previousHash"}},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"verified"}}]}}]}}]} as unknown as DocumentNode<DecisionLogQuery, DecisionLogQueryVariables>;
export const UnitEconomicsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"UnitEconomics"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"unitEconomics"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"successfulActions"}},{"kind":"Field","name":{"kind":"Name","value":"totalCostUsd"}},{"kind":"Field","name":{"kind":"Name","value":"costPerSuccessfulActionUsd"}}]}}]}}]} as unknown as DocumentNode<UnitEconomicsQuery, UnitEconomicsQueryVariables>;
export const ExplainAccessDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ExplainAccess"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ExplainAccessInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"explainAccess"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"allowed"}},{"kind":"Field","name":{"kind":"Name","value":"decidedBy"}},{"kind":"Field","name":{"kind":"Name","value":"summary"}},{"kind":"Field","name":{"kind":"Name","value":"policies"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"builtIn"}},{"kind":"Field","name":{"kind":"Name","value":"clause"}}]}}]}}]}}]} as unknown as DocumentNode<ExplainAccessQuery, ExplainAccessQueryVariables>;