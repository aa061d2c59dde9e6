/**
 * Why the hospital could not be started or found.
 *
 * - `PORT_TAKEN`: something else answers on the port.
 * - `DATA_DIR_IN_USE`: another hospital serves this data folder.
 * - `DATA_DIR_UNWRITABLE`: the data folder cannot be made or written.
 * - `JOURNAL_DAMAGED`: a line of a journal, other than a torn last one, cannot be read.
 * - `START_FAILED`: the process ended, or was not healthy in time.
 */
export type HospitalErrorCode =
  | 'PORT_TAKEN'
  | 'DATA_DIR_IN_USE'
  | 'DATA_DIR_UNWRITABLE'
  | 'JOURNAL_DAMAGED'
  | 'START_FAILED';

export class HospitalError extends Error {
  readonly code: HospitalErrorCode;

  constructor(code: HospitalErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HospitalError';
    this.code = code;
  }
}

/** The code of a Node.js system error (`ENOENT`, `EADDRINUSE`), or undefined for any other thing thrown. */
export function systemCode(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
