import { isObject, type JsonObject } from './message.ts';
import { badRequest } from './scim-error.ts';

/** Throws `invalidSyntax` unless the body is a JSON object. */
export function requireBody(body: unknown): JsonObject {
  if (isObject(body)) return body;
  throw badRequest('invalidSyntax', 'The body is not a JSON object.');
}
