import { type AttributePath, parsePath } from './attribute-path.ts';
import { isObject, type JsonObject, messageSchema, saysSchema } from './message.ts';
import { requireBody } from './request-body.ts';
import { badRequest } from './scim-error.ts';

/** One change at one place. */
export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: AttributePath;
  /** Undefined where the client sent none, or null. */
  readonly value: unknown;
  /** The client wrote the path, and did not send the attribute among others in an object. */
  readonly explicit: boolean;
}

/** So many are what a group of 20,000 members needs when each is removed by an operation of its own. */
const mostOperations = 25_000;

/**
 * Reads a `PatchOp` (RFC 7644 3.5.2) into changes that each have a path: an operation without one is taken apart, and
 * so is an extension that is sent as a whole. Throws `invalidSyntax`, `invalidPath`, `invalidValue` or `noTarget`.
 */
export function readPatch(body: unknown): readonly PatchOperation[] {
  const request = requireBody(body);
  if (!saysSchema(request, messageSchema.patch)) {
    throw badRequest('invalidSyntax', `A PATCH says that it is one: "schemas": ["${messageSchema.patch}"].`);
  }
  const operations = request.Operations ?? request.operations;
  if (!Array.isArray(operations) || operations.length === 0) {
    throw badRequest('invalidSyntax', 'A PATCH has a list of at least one operation, "Operations".');
  }
  if (operations.length > mostOperations) {
    throw badRequest(
      'invalidValue',
      `A PATCH has at most ${mostOperations} operations; this one ${operations.length}.`,
    );
  }
  return operations.flatMap(readOperation);
}

/** RFC 7644 3.5.2: a client may not change what is read-only; saying again what it is, as Okta does, changes nothing. */
export function refuseReadOnly({ path, value, explicit }: PatchOperation, id: string): readonly never[] {
  if (path.attribute === 'schemas') return [];
  const isOwnId = path.attribute === 'id' && value === id;
  if (isOwnId || (!explicit && path.attribute !== 'id')) return [];
  throw badRequest('mutability', `"${path.attribute}" cannot be changed.`);
}

function readOperation(operation: unknown): readonly PatchOperation[] {
  if (!isObject(operation)) throw badRequest('invalidSyntax', 'An operation is an object with op, path and value.');
  const op = readOp(operation.op);
  const { path } = operation;
  const value = operation.value ?? undefined;
  if (path === undefined || path === null || path === '') return withoutPath(op, value);
  if (typeof path !== 'string') throw badRequest('invalidPath', 'A path is text.');
  const parsed = parsePath(path);
  if (parsed.attribute !== '') return [{ op, path: parsed, value, explicit: true }];
  return wholeExtension(op, value);
}

function readOp(op: unknown): PatchOperation['op'] {
  const said = typeof op === 'string' ? op.toLowerCase() : undefined; // Entra ID writes Add, Replace and Remove.
  if (said === 'add' || said === 'replace' || said === 'remove') return said;
  throw badRequest('invalidSyntax', 'An operation is add, replace or remove.');
}

function withoutPath(op: PatchOperation['op'], value: unknown): readonly PatchOperation[] {
  if (op === 'remove') throw badRequest('noTarget', 'A remove needs a path.');
  if (!isObject(value)) {
    throw badRequest('invalidValue', `An ${op} without a path needs an object of attributes as its value.`);
  }
  return Object.entries(value).flatMap(([key, each]) => {
    const path = parsePath(key);
    if (path.attribute === '') return wholeExtension(op, each);
    return [{ op, path, value: each ?? undefined, explicit: false }];
  });
}

function wholeExtension(op: PatchOperation['op'], value: unknown): readonly PatchOperation[] {
  const attributes: JsonObject | undefined = isObject(value) ? value : undefined;
  if (op === 'remove' || value === undefined || value === null) {
    return [{ op: 'remove', path: { schema: 'enterprise', attribute: '' }, value: undefined, explicit: false }];
  }
  if (!attributes) throw badRequest('invalidValue', 'An extension is an object of attributes.');
  return Object.entries(attributes).map(([key, each]) => ({
    op,
    path: { ...parsePath(key), schema: 'enterprise' },
    value: each ?? undefined,
    explicit: false,
  }));
}
