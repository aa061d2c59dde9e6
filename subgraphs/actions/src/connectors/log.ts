/** What a connector's host writes its log with; pino's loggers are such. */
export type ConnectorLog = Record<'debug' | 'info' | 'warn' | 'error', (fields: object, message: string) => void>;

const quiet = (): void => undefined;

export const noLog: ConnectorLog = { debug: quiet, info: quiet, warn: quiet, error: quiet };
