import { fill, remember } from './placeholders.js';

/** Sends GraphiQL's operations to /graphql as whoever is signed in. */
export function createFetcher(session) {
  return async ({ query, variables, operationName }, { headers = {} } = {}) => {
    try {
      const token = await session.token();
      const response = await fetch('/graphql', {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          Accept: 'application/graphql-response+json, application/json',
          ...(token ? { Authorization: `Bearer ${token}` } : {}),
          ...headers,
        },
        body: JSON.stringify({ query, variables: fill(variables), operationName }),
      });
      const text = await response.text();
      const result =
        parse(text) ?? failure(`The server answered ${response.status} and no JSON: ${text.slice(0, 200)}`);
      remember(result.data);
      return result;
    } catch (error) {
      return failure(error.message);
    }
  };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Looks like a GraphQL error, so that GraphiQL shows it where it shows the others. */
function failure(message) {
  return { errors: [{ message }] };
}
