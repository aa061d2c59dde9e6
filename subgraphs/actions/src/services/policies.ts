import type { ToolManifest } from '@countersign/plugin-sdk';
import { type Policy, PolicyDecision } from '../entities/plan.ts';
import { explainLimit, type InForce } from './autonomy/index.ts';
import { explainRequirements, type Requirements } from './gates/index.ts';

const risks: Record<ToolManifest['risk'], string> = { LOW: 'low', MEDIUM: 'medium', HIGH: 'high' };

/**
 * The built-in policy, maker and checker: whatever writes to another system is countersigned by someone else. Tools are
 * what writes, so all are, unless the tenant's gates say that nobody need be asked; the reasons say what speaks for
 * looking closely, and what the gates ask for.
 */
export function decideProposal(
  tool: Pick<ToolManifest, 'risk' | 'reversibility' | 'title'>,
  asked: Requirements & { readonly autonomy?: InForce },
): Policy {
  const byGates = asked.gates.length > 0 ? explainRequirements(asked) : [];
  if (asked.autonomy?.level === 'SUGGEST') byGates.push(...asked.autonomy.limitedBy.map(explainLimit));
  if (asked.demands.length === 0) return { decision: PolicyDecision.PERMIT, reasons: byGates };
  const reasons = [`"${tool.title}" changes data in another system: someone other than its maker has to approve it.`];
  if (tool.risk !== 'LOW') reasons.push(`Its risk is ${risks[tool.risk]}.`);
  if (tool.reversibility === 'IRREVERSIBLE') reasons.push('It cannot be undone.');
  return { decision: PolicyDecision.REQUIRE_APPROVAL, reasons: [...reasons, ...byGates] };
}

/** Taking back asks nobody, unless a gate says so: it restores what was there before. */
export function decideUndo(asked: Requirements): Policy {
  const byGates = asked.gates.length > 0 ? explainRequirements(asked) : [];
  if (asked.demands.length > 0) return { decision: PolicyDecision.REQUIRE_APPROVAL, reasons: byGates };
  const reason = 'It takes back what was done before, and its reason is recorded: nobody else need be asked.';
  return { decision: PolicyDecision.PERMIT, reasons: [reason, ...byGates] };
}
