import { cpus } from 'node:os';
import { figure, table } from '../harness/table.ts';

/** One line of the result: what was measured, beside what, and whether it is as wanted. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  /** The named side of the same run, and what it took. */
  readonly beside?: string;
  readonly ratio?: string;
  readonly wanted?: string;
  readonly isMet?: boolean;
}

/** The result for people. */
export function print(part: string, rows: readonly Row[], bench = 'permissions'): string {
  const head = ['', 'measured', 'beside', 'ratio', 'wanted', ''];
  const lines = rows.map(({ what, measured, beside = '', ratio = '', wanted = '', isMet }) => [
    what,
    measured,
    beside,
    ratio,
    wanted,
    isMet === undefined ? '' : isMet ? 'met' : 'MISSED',
  ]);
  const machine = `Node.js ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'})`;
  return [`${bench}: ${part}\n${machine}\n`, table([head, ...lines])].join('\n');
}

/** A time in microseconds, in the unit that suits its size. */
export function duration(microseconds: number): string {
  if (microseconds < 1) return `${(microseconds * 1_000).toFixed(0)} ns`;
  if (microseconds < 1_000) return `${figure(microseconds)} us`;
  if (microseconds < 1_000_000) return `${figure(microseconds / 1_000)} ms`;
  return `${figure(microseconds / 1_000_000)} s`;
}

/** How many times as much as the side beside it. */
export const times = (measured: number, beside: number): string => `x ${figure(measured / beside)}`;

/** How much more than the side beside it. */
export const more = (measured: number, beside: number): string => {
  const percent = 100 * (measured / beside - 1);
  return `${percent < 0 ? '-' : '+'}${Math.abs(percent).toFixed(1)} %`;
};
