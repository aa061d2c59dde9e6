import { randomUUIDv7 } from 'node:crypto';

declare const brand: unique symbol;
export type Branded<Name extends string> = string & { readonly [brand]: Name };
export type TenantId = Branded<'TenantId'>;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const mostOfMs = 0xfff;
let lastMs = 0;
let count = 0;

/**
 * A new id: a UUID of version 7, so that ids sort by the time they were made; those of this process also within a
 * millisecond, by a counter (RFC 9562, 6.2, method 1).
 */
export function newId(): string {
  const id = randomUUIDv7();
  const ms = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
  if (ms > lastMs) [lastMs, count] = [ms, 0];
  else if (count < mostOfMs) count += 1;
  else [lastMs, count] = [lastMs + 1, 0];
  const time = lastMs.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count.toString(16).padStart(3, '0')}${id.slice(18)}`;
}

export const isUuid = (value: unknown): value is string => typeof value === 'string' && uuid.test(value);

/** Parses a tenant's id, which is safe to stand in SQL text afterwards. Throws a TypeError when it is not a UUID. */
export function tenantId(value: string): TenantId {
  if (!uuid.test(value)) throw new TypeError('A tenant id must be a lower-case UUID.');
  return value as TenantId; // Parsed just above.
}
