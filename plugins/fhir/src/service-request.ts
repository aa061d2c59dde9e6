import type { Change, FromSchema, JsonValue } from '@countersign/plugin-sdk';
import type { Identifier, ServiceRequest } from '@medplum/fhirtypes';
import type { inputSchema } from './schemas.ts';

export type Input = FromSchema<typeof inputSchema>;
export type IdempotencyIdentifier = Identifier & { system: string; value: string };

const priorities = { ROUTINE: 'routine', URGENT: 'urgent', ASAP: 'asap', STAT: 'stat' } as const;

/** The order as FHIR R4 has it (servicerequest.html): active, to be carried out. */
export function serviceRequestOf(input: Input, identifier: Identifier): ServiceRequest {
  const { patient, code, priority, note, occurrence } = input;
  return {
    resourceType: 'ServiceRequest',
    identifier: [identifier],
    status: 'active',
    intent: 'order',
    priority: priorities[priority],
    code: {
      coding: [{ system: code.system, code: code.code, ...(code.display && { display: code.display }) }],
      ...(code.display && { text: code.display }),
    },
    subject: { reference: patient },
    ...(occurrence && { occurrenceDateTime: occurrence }),
    ...(note && { note: [{ text: note }] }),
  };
}

/**
 * What marks a resource as the effect of one idempotency key. Tenants may share a server, so the tenant is in it.
 * Percent-encoded, since not every server understands an escaped `|` or `,` in a search.
 */
export function idempotencyIdentifier(tenantId: string, idempotencyKey: string): IdempotencyIdentifier {
  const system = `urn:countersign:${encodeURIComponent(tenantId)}:idempotency-key`;
  return { system, value: encodeURIComponent(idempotencyKey) };
}

/** Every element of a resource that is to be made, or was, apart from what the server itself keeps about it. */
export function creation(resource: ServiceRequest): Change[] {
  const elements = Object.entries(resource).filter(([name]) => !keptByServer.has(name));
  return elements.map(([name, value]) => ({ path: `ServiceRequest.${name}`, before: null, after: asJson(value) }));
}

const keptByServer = new Set(['resourceType', 'id', 'meta', 'text']);

/** The elements in which two versions differ, apart from what the server itself keeps about them. */
export function differences(before: ServiceRequest, after: ServiceRequest): Change[] {
  const [old, now] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  const names = new Set([...old.keys(), ...now.keys()]);
  return [...names]
    .filter((name) => name !== 'meta' && name !== 'text')
    .map((name) => ({ path: `ServiceRequest.${name}`, before: asJson(old.get(name)), after: asJson(now.get(name)) }))
    .filter((change) => JSON.stringify(change.before) !== JSON.stringify(change.after));
}

/** FHIR resources are JSON; only their TypeScript types do not say so. */
function asJson(value: unknown): JsonValue {
  return value === undefined ? null : (value as JsonValue);
}
