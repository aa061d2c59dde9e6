import { asStored, type Digest, digestOf } from '../decision-log/canonical.ts';

/** One call of one tool. */
export interface ToolCall {
  /** Connector and tool, e.g. `fhir.createServiceRequest`. */
  tool: string;
  /** The connector's version. */
  version: string;
  input: object;
}

/**
 * What makes two requests the same request: under one idempotency key, the same fingerprint is answered with the same
 * action, another one with IDEMPOTENCY_CONFLICT. Members that are undefined count as absent, and order does not count.
 *
 * @throws LogError LOG_NOT_JSON
 */
export function requestFingerprint(call: ToolCall): Digest {
  return digestOf('countersign.action.request', {
    tool: call.tool,
    version: call.version,
    input: asStored(call.input),
  });
}
