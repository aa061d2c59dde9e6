import { defineTool, type FromSchema, type ToolContext } from '@countersign/plugin-sdk';
import type { ServiceRequest } from '@medplum/fhirtypes';
import { serverOf } from './config.ts';
import { createOnce, type FhirServer, findByIdentifier, type Stored, versions } from './fhir-server.ts';
import { readPatient } from './patient.ts';
import { inputSchema, outputSchema } from './schemas.ts';
import { creation, type Input, idempotencyIdentifier, serviceRequestOf } from './service-request.ts';
import { previewUndo, undo } from './undo.ts';
import { assertValid } from './validate.ts';

/**
 * Orders a service for one patient: a ServiceRequest with status `active` and intent `order`. It carries the
 * idempotency key as an identifier, so that a conditional create makes it once, and `verify` finds it again.
 *
 * `verify` asks the server's search, which knows no deleted resources: an order that was made and then deleted on the
 * server before its outcome was recorded is reported as not done.
 */
export const createServiceRequest = defineTool({
  name: 'createServiceRequest',
  title: 'Create a service request',
  description: 'Orders a service, such as an examination or a laboratory test, for one patient.',
  version: '1.0.0',
  risk: 'medium',
  dataClass: 'phi',
  reversibility: 'reversible',
  inputSchema,
  outputSchema,

  async preview(input, ctx) {
    const resource = orderOf(input, ctx);
    assertValid(resource);
    const patient = await readPatient(serverFor(ctx), input.patient);
    const { fingerprint } = patient;
    const summary = `Order ${labelOf(input)} for ${patient.name} (${patient.reference}), priority ${resource.priority}.`;
    return { summary, changes: creation(resource), ...(fingerprint && { fingerprint }) };
  },

  async execute(input, ctx) {
    const server = serverFor(ctx);
    const resource = orderOf(input, ctx);
    assertValid(resource);
    const made = await createOnce(server, resource, idempotencyIdentifier(ctx.tenantId, ctx.idempotencyKey));
    if (!made.created) ctx.log.info('The order was there already.', { id: made.resource.id });
    if (made.created) return { status: 'succeeded', ...orderMade(server, made.resource) };
    return { status: 'succeeded', ...(await orderFound(server, made.resource)) };
  },

  async verify(_input, ctx) {
    const server = serverFor(ctx);
    const identifier = idempotencyIdentifier(ctx.tenantId, ctx.idempotencyKey);
    const [found, second] = await findByIdentifier<ServiceRequest>(server, 'ServiceRequest', identifier);
    if (!found) return { status: 'not_done' };
    if (second) return { status: 'unknown', reason: 'More than one ServiceRequest carries the idempotency key.' };
    return { status: 'done', ...(await orderFound(server, found)) };
  },

  compensate: (what, ctx) => undo(serverFor(ctx), what),
  compensatePreview: (what, ctx) => previewUndo(serverFor(ctx), what),
});

function orderOf(input: Input, ctx: ToolContext): ServiceRequest {
  return serviceRequestOf(input, idempotencyIdentifier(ctx.tenantId, ctx.idempotencyKey));
}

function serverFor(ctx: ToolContext): FhirServer {
  return { baseUrl: serverOf(ctx.config), http: ctx.http };
}

function labelOf({ code }: Input): string {
  return code.display ? `"${code.display}" (${code.code})` : `${code.code} (${code.system})`;
}

type Output = FromSchema<typeof outputSchema>;

function outputOf({ baseUrl }: FhirServer, { id, status, meta }: Stored<ServiceRequest>): Output {
  const reference = `ServiceRequest/${id}`;
  const { versionId } = meta ?? {};
  return { reference, url: `${baseUrl}/${reference}`, status: status ?? 'unknown', ...(versionId && { versionId }) };
}

/** The order just as it was made: what stands there now is what was done. */
function orderMade(server: FhirServer, made: Stored<ServiceRequest>) {
  const output = outputOf(server, made);
  return { externalId: output.reference, output, changes: creation(made) };
}

/** The order as of the version that was made, however far the resource has moved on since. */
async function orderFound(server: FhirServer, found: Stored<ServiceRequest>) {
  const made = (await versions<ServiceRequest>(server, 'ServiceRequest', found.id))?.at(-1);
  if (made) return orderMade(server, made);
  const { versionId: _unknown, ...output } = outputOf(server, found);
  return { externalId: output.reference, output };
}
