import { randomUUIDv7 } from 'node:crypto';

declare const brand: unique symbol;
export type Branded<Name extends string> = string & { readonly [brand]: Name };
export type TenantId = Branded<'TenantId'>;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A new id: a UUID of version 7 (RFC 9562), so that ids sort by the time they were made. */
export const newId = (): string => randomUUIDv7();

export const isUuid = (value: unknown): value is string => typeof value === 'string' && uuid.test(value);

/** Parses a tenant's id, which is safe to stand in SQL text afterwards. Throws a TypeError when it is not a UUID. */
export function tenantId(value: string): TenantId {
  if (!uuid.test(value)) throw new TypeError('A tenant id must be a lower-case UUID.');
  return value as TenantId; // Parsed just above.
}
