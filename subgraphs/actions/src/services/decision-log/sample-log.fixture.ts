import { emptyHead, type LogHead, seal } from './chain.ts';
import { contentDigest, type EntryKind, type LogEntry, newEntry, type SealedEntry } from './entry.ts';

export const SAMPLE_TENANT = '6f0c1f5e-3f0a-4a63-9c1d-0f6a3c1b7a10';

/** A log as the product writes it, for tests: `size` entries of three actions in turn, sealed. */
export function sampleLog(size: number): { sealed: SealedEntry[]; head: LogHead } {
  const { sealed, head } = seal(emptyHead(SAMPLE_TENANT), sampleEntries(size));
  return { sealed, head };
}

export function sampleEntries(size: number): LogEntry[] {
  const kinds: EntryKind[] = ['INPUT', 'POLICY', 'APPROVAL', 'INTENT', 'EXECUTION', 'OUTCOME'];
  const lastOf = new Map<string, string>();
  return Array.from({ length: size }, (_, index) => {
    const actionId = `0d5b8a52-6c11-4a0e-8f5b-00000000000${index % 3}`;
    const entry = newEntry({
      tenantId: SAMPLE_TENANT,
      actionId,
      kind: kinds[Math.floor(index / 3) % kinds.length] ?? 'INPUT',
      occurredAt: new Date(Date.UTC(2026, 0, 1) + index),
      principal: { kind: 'user', id: `3a9d7c44-1f1e-4f0b-9a53-00000000000${index % 2}` },
      correlationId: `request-${index}`,
      workflow: index % 2 === 0 ? 'referral' : null,
      surface: 'api',
      facts: {
        tool: 'fhir.createServiceRequest',
        version: '1.0.0',
        decided: { permit: index % 2 === 0, reasons: ['r'] },
      },
      values: { patient: `Patient/${index}`, note: { text: 'Bring earlier images', lines: [index] } },
      previousOfAction: lastOf.get(actionId) ?? null,
    });
    lastOf.set(actionId, contentDigest(entry));
    return entry;
  });
}
