import { errorCatalogue } from '@countersign/kernel';
import type { GraphQLFormattedError } from 'graphql';

/** The last look at every error that leaves the graph: a stable code of ours or GraphQL's, and nothing internal. */
export function apiErrors(formatted: GraphQLFormattedError): GraphQLFormattedError {
  const { message, locations, path, extensions = {} } = formatted;
  const { code, serviceName: _serviceName, stacktrace: _stacktrace, ...rest } = extensions;
  if (code === 'GRAPHQL_PARSE_FAILED' && message.includes('tokens')) {
    return { message, locations, path, extensions: { code: 'QUERY_TOO_MANY_TOKENS' } };
  }
  if (code === 'INTERNAL_SERVER_ERROR' || code === undefined) {
    const { status: _status, ...masked } = rest;
    return { message: errorCatalogue.INTERNAL_ERROR.meaning, path, extensions: { ...masked, code: 'INTERNAL_ERROR' } };
  }
  const { limitCode, ...shown } = rest;
  return { message, locations, path, extensions: { ...shown, code: limitCode ?? code } };
}
