import type { ApolloServerPlugin } from '@apollo/server';
import type { RequestContext } from '@countersign/kernel';

/** An operation name that the document does not hold is the caller's mistake; the executor answers it as ours. */
export function knownOperation(): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async () => ({
      willSendResponse: async ({ response, errors }) => {
        if (errors?.some((error) => error.extensions.code === 'INVALID_GRAPHQL')) response.http.status = 400;
      },
    }),
  };
}
