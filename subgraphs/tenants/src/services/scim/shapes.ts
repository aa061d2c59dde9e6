import { CountersignError } from '@countersign/kernel';
import { z } from 'zod';

/** People and groups as the gateway's SCIM service speaks of them: what it sends is read here, and never trusted. */
export interface ScimUser {
  readonly id: string;
  readonly externalId: string | null;
  readonly userName: string;
  readonly name: { readonly formatted: string; readonly given: string | null; readonly family: string | null };
  readonly active: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The groups that the person is in themselves. */
  readonly groups: readonly { readonly id: string; readonly name: string }[];
  /** ISO 8601. */
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly version: number;
}

export interface ScimGroup {
  readonly id: string;
  readonly externalId: string | null;
  readonly displayName: string;
  /** Null where they were not asked for. */
  readonly members: readonly ScimMember[] | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly version: number;
}

export interface ScimMember {
  readonly id: string;
  readonly kind: 'User' | 'Group';
  readonly name: string;
}

export type ScimComparison = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le';

export type ScimFilter =
  | { readonly op: ScimComparison; readonly attribute: string; readonly value: string | boolean }
  | { readonly op: 'pr'; readonly attribute: string }
  | { readonly op: 'and' | 'or'; readonly filters: readonly ScimFilter[] }
  | { readonly op: 'not'; readonly filter: ScimFilter };

export type ScimQuery = z.infer<typeof queryShape>;
export type ScimUserInput = z.infer<typeof userInputShape>;
export type ScimGroupInput = z.infer<typeof groupInputShape>;
export type ScimGroupChange = z.infer<typeof groupChangeShape>;

const attribute = z.string().max(100);
const text = z.string().max(2_000);

const filterShape: z.ZodType<ScimFilter> = z.lazy(() =>
  z.union([
    z.object({
      op: z.enum(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le']),
      attribute,
      value: z.union([text, z.boolean()]),
    }),
    z.object({ op: z.literal('pr'), attribute }),
    z.object({ op: z.enum(['and', 'or']), filters: z.array(filterShape).min(1).max(200) }),
    z.object({ op: z.literal('not'), filter: filterShape }),
  ]),
);

export const queryShape = z.object({
  filter: filterShape.optional(),
  /** From 1. */
  startIndex: z.int().min(1),
  count: z.int().min(0).max(200),
  sort: z.object({ by: attribute, descending: z.boolean() }).optional(),
});

export const userInputShape = z.object({
  externalId: text.nullable(),
  userName: text,
  name: z.object({ formatted: text, given: text.nullable(), family: text.nullable() }),
  active: z.boolean(),
  /** Texts, by the tenant's own names; null takes one away, what is not named stays. */
  attributes: z.record(z.string(), text.nullable()),
});

const members = z.array(z.string().max(2_000));

export const groupInputShape = z.object({ externalId: text.nullable(), displayName: text, members });

export const groupChangeShape = z.object({
  displayName: text.optional(),
  externalId: text.nullable().optional(),
  members: z.object({ replace: members.optional(), add: members, remove: members }).optional(),
});

/** Throws `BAD_REQUEST` for what is not of the shape. */
export function parseScim<Shape extends z.ZodType>(shape: Shape, value: unknown): z.infer<Shape> {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CountersignError('BAD_REQUEST', `"${issue?.path.join('.')}" is not valid: ${issue?.message}.`);
}
