import type { LogEntry as LogEntryRow } from '../entities/log-entry.ts';
import type { LogEntry, SealedEntry } from './decision-log/index.ts';

/** A row as the log's format has it. */
export const asLogEntry = (row: LogEntryRow): LogEntry => ({
  format: 1,
  id: row.id,
  tenantId: row.tenantId,
  actionId: row.actionId,
  kind: row.kind,
  occurredAt: row.occurredAt.toISOString(),
  principal: { kind: row.principal.kind, id: row.principal.id },
  correlationId: row.correlationId,
  workflow: row.workflow,
  surface: row.surface,
  facts: row.facts,
  values: row.values,
  salts: row.salts,
  valueDigests: row.valueDigests,
  previousOfAction: row.previousOfAction,
});

/** A sealed row as the log's format has it; null for one that is not sealed yet. */
export function asSealedEntry(row: LogEntryRow): SealedEntry | null {
  const { seq, contentDigest, previousHash, hash } = row;
  if (seq === null || contentDigest === null || previousHash === null || hash === null) return null;
  return { ...asLogEntry(row), seq, contentDigest, previousHash, hash };
}
