import { asStored, type Digest, digestOf } from '../decision-log/canonical.ts';
import type { ToolCall } from './fingerprint.ts';

/**
 * What an approval is bound to: the call and what its preview said would change. A preview that comes out otherwise
 * makes another plan, and the approval does not hold for it; so what varies by itself (times, ids of the preview) must
 * not be in it.
 *
 * @throws LogError LOG_NOT_JSON
 */
export function planHash(plan: ToolCall & { preview: object }): Digest {
  return digestOf('countersign.action.plan', {
    tool: plan.tool,
    version: plan.version,
    input: asStored(plan.input),
    preview: asStored(plan.preview),
  });
}
