export type LogErrorCode =
  /** A value has no JSON form. */
  | 'LOG_NOT_JSON'
  /** An entry does not have the shape of its format. */
  | 'LOG_ENTRY_MALFORMED'
  /** An entry was given to the sealer of another tenant. */
  | 'LOG_TENANT_MISMATCH'
  /** A head contradicts itself, or does not fit the entries. */
  | 'LOG_HEAD_INCONSISTENT'
  /** A proof was asked for outside the tree. */
  | 'LOG_OUT_OF_RANGE';

/** What can go wrong while the decision log is written. What is found wrong when it is read is a finding, not an error. */
export class LogError extends Error {
  readonly code: LogErrorCode;

  constructor(code: LogErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LogError';
    this.code = code;
  }
}
