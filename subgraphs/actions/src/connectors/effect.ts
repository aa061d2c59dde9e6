import { ToolError } from '@countersign/plugin-sdk';

/**
 * The same error, and that nothing has happened on the other side: said by the host where no request went out that
 * could have changed anything, whatever the connector says.
 */
export function withoutEffect(error: unknown): unknown {
  if (!(error instanceof ToolError) || error.effect === 'none') return error;
  const { code, message, path, params, retryable, problems, cause } = error;
  return new ToolError(code, message, { path, params, retryable, problems, cause, effect: 'none' });
}
