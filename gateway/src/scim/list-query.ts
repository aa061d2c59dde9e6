import { z } from 'zod';
import type { DirectoryQuery } from './directory.ts';
import { parseCondition } from './filter.ts';
import { type Terms, termOf } from './filter-attributes.ts';
import { messageSchema, saysSchema } from './message.ts';
import type { Projection } from './projection.ts';
import { requireBody } from './request-body.ts';
import { badRequest } from './scim-error.ts';

export const largestPage = 200;
const usualPage = 100;
const farthest = 2 ** 31 - 1;

export interface ListQuery<Attribute extends string> {
  /** `nothing`: the filter can hold for nobody, so the directory need not be asked. */
  readonly query: DirectoryQuery<Attribute> | 'nothing';
  readonly startIndex: number;
  readonly projection: Projection;
}

/** The parameters of a list: RFC 7644 3.4.2. Throws 400 for those of a wrong kind. */
export function parseListQuery<Attribute extends string>(
  parameters: unknown,
  terms: Terms<Attribute>,
): ListQuery<Attribute> {
  const parsed = shape.safeParse(parameters);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw badRequest('invalidValue', `The parameter "${issue?.path.join('.')}" is of a wrong kind.`);
  }
  const { filter, sortBy, sortOrder, attributes, excludedAttributes } = parsed.data;
  const startIndex = Math.min(Math.max(parsed.data.startIndex ?? 1, 1), farthest);
  const count = Math.min(Math.max(parsed.data.count ?? usualPage, 0), largestPage);
  const condition = filter === undefined ? 'everything' : parseCondition(filter, terms);
  const sort = sortBy === undefined ? undefined : parseSort(sortBy, sortOrder, terms);
  return {
    query:
      condition === 'nothing'
        ? 'nothing'
        : { ...(condition !== 'everything' && { filter: condition }), startIndex, count, ...(sort && { sort }) },
    startIndex,
    projection: { attributes, excludedAttributes },
  };
}

/** The body of `POST /.search`, which has the same parameters: RFC 7644 3.4.3. */
export function searchParameters(body: unknown): unknown {
  const search = requireBody(body);
  if (!saysSchema(search, messageSchema.search)) {
    throw badRequest('invalidSyntax', `A search says that it is one: "schemas": ["${messageSchema.search}"].`);
  }
  return search;
}

/** `attributes` and `excludedAttributes` of a request for one resource. */
export function parseProjection(parameters: unknown): Projection {
  const parsed = shape.pick({ attributes: true, excludedAttributes: true }).safeParse(parameters);
  if (!parsed.success) throw badRequest('invalidValue', 'Send attributes and excludedAttributes as names with commas.');
  return parsed.data;
}

function parseSort<Attribute extends string>(
  sortBy: string,
  sortOrder: 'ascending' | 'descending' | undefined,
  terms: Terms<Attribute>,
): DirectoryQuery<Attribute>['sort'] {
  const term = termOf(terms, sortBy);
  if (!term || term.kind === 'reference') throw badRequest('invalidPath', `"${sortBy}" cannot be sorted by.`);
  if (term.kind === 'constant') return undefined;
  return { by: term.attribute, descending: sortOrder === 'descending' };
}

/** Numbers come as text in a URL and as numbers in a search. */
const whole = z.union([
  z.int(),
  z
    .string()
    .regex(/^\s*[+-]?\d+\s*$/)
    .transform(Number),
]);
const names = z.union([z.array(z.string()), z.string().transform((list) => list.split(','))]);

const shape = z.object({
  filter: z.string().optional(),
  startIndex: whole.optional(),
  count: whole.optional(),
  sortBy: z.string().max(200).optional(),
  sortOrder: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['ascending', 'descending']))
    .optional(),
  attributes: names.optional(),
  excludedAttributes: names.optional(),
});
