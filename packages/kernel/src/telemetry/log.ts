import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** One line of JSON per event; readable lines on a terminal. Secrets and personal data are never written. */
export function createLogger(level: string, options: { pretty?: boolean } = {}): Logger {
  return pino({
    level,
    base: undefined,
    serializers: { err: describeError },
    redact: {
      paths: ['*.authorization', '*.token', '*.password', '*.apiKey', '*.secret', 'authorization', 'token', 'apiKey'],
      censor: '[redacted]',
    },
    ...(options.pretty
      ? {
          transport: {
            target: 'pino-pretty',
            options: { colorize: true, translateTime: 'SYS:HH:MM:ss', ignore: 'pid,hostname' },
          },
        }
      : {}),
  });
}

/** What the log keeps of an error: no statement, no parameters, no response bodies that libraries hang on theirs. */
function describeError(error: unknown): object {
  if (typeof error !== 'object' || error === null) return { message: String(error) };
  const { name, message, code, stack, cause } = error as Error & { code?: unknown };
  return { name, message, code, stack, ...(cause === undefined ? {} : { cause: describeError(cause) }) };
}
