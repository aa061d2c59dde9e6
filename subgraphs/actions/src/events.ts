/** The facts that this subgraph tells, by the name of their event. */
export interface ActionEvents {
  ActionProposed: ActionFact;
  ActionApproved: ActionFact;
  ActionRejected: ActionFact;
  /** Somebody tells those again who could approve it. */
  ApprovalReminded: ActionFact;
  /** `undoOf`: the action that this one undoes; null for one that undoes nothing. */
  ActionSucceeded: ActionFact & { readonly undoOf: string | null };
  /** The other side has it and answers later. */
  ActionSubmitted: ActionFact & { readonly undoOf: string | null };
  /** The other side has done a part of it and refused the rest. */
  ActionPartlySucceeded: ActionFact & { readonly undoOf: string | null };
  /** Nothing took effect. `code`: of what went wrong. */
  ActionFailed: ActionFact & { readonly undoOf: string | null; readonly code: string | null };
  ActionUndone: ActionFact;
  /** Its tries are used up: a person has to look. */
  ActionDeadLettered: ActionFact;
  /** Nobody decided on it, or executed it, in time. */
  ActionExpired: ActionFact;
  /** What would happen is no longer what was previewed. */
  ActionStale: ActionFact;
  /** It was previewed anew; `edited`: with another input. */
  ActionReplanned: ActionFact & { readonly edited: boolean };
  /** A tool has earned more; an administrator is to decide. */
  AutonomyPromotionProposed: AutonomyStep & { readonly proposalId: string };
  AutonomyPromotionDecided: AutonomyStep & { readonly proposalId: string; readonly accepted: boolean };
  /** By what came of it, and at once. */
  AutonomyLowered: AutonomyStep & { readonly cause: string; readonly reason: string };
  /** A bundle came to stand somewhere, or was proposed; what happens to its actions is told of each of them, too. */
  BundleMoved: BundleFact;
  /** It was set off, and waits for its connector to be well again. */
  ActionWaiting: ActionFact;
  /** It waits no more, and was not executed. `code`: of what ended it. */
  ActionWaitEnded: ActionFact & { readonly code: string };
  ToolCalled: ToolCall;
  /** A webhook gets nothing any more. */
  WebhookDisabled: { readonly webhookId: string; readonly because: 'REQUESTED' | 'GONE' | 'FAILING' };
  /** A tool's other side failed again and again: it is left alone. */
  ConnectorDegraded: ConnectorFact & { readonly reason: string };
  ConnectorRecovered: ConnectorFact;
}

export interface ConnectorFact {
  readonly connector: string;
  /** Connector and tool, such as `fhir.createServiceRequest`. */
  readonly tool: string;
  /** Since when it is, or was, left alone: ISO 8601. */
  readonly since: string;
}

export interface BundleFact {
  readonly bundleId: string;
  /** Where it stands now. */
  readonly status: string;
}

export interface ActionFact {
  readonly actionId: string;
  /** Connector and tool, such as `fhir.createServiceRequest`. */
  readonly tool: string;
  /** Where the action stands then; told where the event alone does not say it. */
  readonly status?: string;
}

/** From which level to which one a tool goes, or would go. */
export interface AutonomyStep {
  readonly tool: string;
  readonly from: 'SUGGEST' | 'ONE_CLICK' | 'UNATTENDED';
  readonly to: 'SUGGEST' | 'ONE_CLICK' | 'UNATTENDED';
}

/** One call of a connector, whatever came of it. */
export interface ToolCall {
  /** Null for the preview of what was refused. */
  readonly actionId: string | null;
  readonly tool: string;
  readonly kind: 'preview' | 'execute' | 'verify' | 'compensate';
  readonly durationMs: number;
  /** The operation's own status (`succeeded`, `done`, `not_done`, `answered`, ...), or the code of its error. */
  readonly outcome: string;
}
