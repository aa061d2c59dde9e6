import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** One line of JSON per event; readable lines on a terminal. Secrets and personal data are never written. */
export function createLogger(level: string, options: { pretty?: boolean } = {}): Logger {
  return pino({
    level,
    base: undefined,
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
