import { CountersignError } from '@countersign/kernel';
import type { LogEntry } from '../entities/log-entry.ts';

const mostExported = 10_000;

/** How many entries one page of an export has. Throws `BAD_REQUEST`. */
export function checkLimit(limit: number): void {
  if (limit >= 1 && limit <= mostExported) return;
  throw new CountersignError('BAD_REQUEST', `\`limit\` must be between 1 and ${mostExported}.`);
}

/**
 * One entry a line, as JSON. With what the log commits to: whoever has all entries can hold them against its chain.
 */
export const asNdjson = (entries: readonly LogEntry[]): string =>
  entries.map((entry) => `${JSON.stringify(exported(entry))}\n`).join('');

function exported({ salts: _salts, occurredAt, ...entry }: LogEntry): object {
  return { ...entry, occurredAt: occurredAt.toISOString() };
}

const columns: readonly (readonly [title: string, cell: (entry: LogEntry) => string | number | null | object])[] = [
  ['id', ({ id }) => id],
  ['seq', ({ seq }) => seq],
  ['occurredAt', ({ occurredAt }) => occurredAt.toISOString()],
  ['kind', ({ kind }) => kind],
  ['actionId', ({ actionId }) => actionId],
  ['principalKind', ({ principal }) => principal.kind],
  ['principalId', ({ principal }) => principal.id],
  ['correlationId', ({ correlationId }) => correlationId],
  ['workflow', ({ workflow }) => workflow],
  ['surface', ({ surface }) => surface],
  ['facts', ({ facts }) => facts],
  ['values', ({ values }) => values],
  ['hash', ({ hash }) => hash],
];

/** RFC 4180, for spreadsheets: no cell of it is a formula there. */
export function asCsv(entries: readonly LogEntry[], { headed }: { headed: boolean }): string {
  const rows = entries.map((entry) => columns.map(([, cell]) => cell(entry)));
  return [...(headed ? [columns.map(([title]) => title)] : []), ...rows].map(line).join('');
}

const line = (cells: readonly (string | number | null | object)[]): string => `${cells.map(csvCell).join(',')}\r\n`;

/** What a spreadsheet would take for a formula is given an apostrophe, which it shows as text (OWASP, CSV injection). */
export function csvCell(value: string | number | null | object): string {
  const text = typeof value === 'object' ? (value === null ? '' : JSON.stringify(value)) : String(value);
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
