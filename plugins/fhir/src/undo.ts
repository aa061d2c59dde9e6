import {
  type Change,
  type Compensation,
  type FromSchema,
  type Preview,
  ToolError,
  type Undo,
} from '@countersign/plugin-sdk';
import type { ServiceRequest } from '@medplum/fhirtypes';
import { type FhirServer, read, type Stored, updateVersion, versions } from './fhir-server.ts';
import type { outputSchema } from './schemas.ts';
import { differences, type Input } from './service-request.ts';

type OrderUndo = Undo<Input, FromSchema<typeof outputSchema>>;

/**
 * Marks the order as `entered-in-error`, which is how FHIR takes back what should not have been there (R4
 * servicerequest.html, request-status), and keeps the reason with it. Exactly the version that was made is marked:
 * an order that somebody has worked on since is left alone. One that is marked or deleted already is as good as undone.
 *
 * @throws ToolError CONFLICT that says what has changed since
 */
export async function undo(server: FhirServer, what: OrderUndo): Promise<Compensation> {
  const found = await look(server, what);
  if (found.state === 'settled') return { summary: found.summary, externalId: what.externalId, changes: [] };
  const marked = await updateVersion(server, found.marked, found.versionId);
  if (marked) {
    const summary = `${what.externalId} is marked as entered in error.`;
    return { summary, externalId: what.externalId, changes: found.changes };
  }
  // Somebody was faster: an undo like this one, or a change that is in the way.
  const now = await look(server, what);
  if (now.state === 'settled') return { summary: now.summary, externalId: what.externalId, changes: [] };
  throw new ToolError('CONFLICT', `${what.externalId} is being changed by others: try again.`, { retryable: true });
}

/** @throws ToolError CONFLICT as `undo` would */
export async function previewUndo(server: FhirServer, what: OrderUndo): Promise<Preview> {
  const found = await look(server, what);
  if (found.state === 'settled') return { summary: found.summary, changes: [] };
  const summary = `Mark ${what.externalId} (${what.input.patient}) as entered in error.`;
  return { summary, changes: found.changes, fingerprint: `${what.externalId}@${found.versionId}` };
}

type Found =
  | { state: 'settled'; summary: string }
  | { state: 'standing'; versionId: string; marked: Stored<ServiceRequest>; changes: Change[] };

async function look(server: FhirServer, { externalId, output, reason }: OrderUndo): Promise<Found> {
  const id = externalId.slice('ServiceRequest/'.length);
  const current = await read<ServiceRequest>(server, 'ServiceRequest', id);
  if (!current) return { state: 'settled', summary: `${externalId} is no longer on the server: it was deleted there.` };
  if (current.status === 'entered-in-error') {
    return { state: 'settled', summary: `${externalId} is marked as entered in error already.` };
  }
  const { versionId } = current.meta ?? {};
  if (output.versionId === undefined || versionId === undefined) {
    const message = `The server does not tell the versions of ${externalId}, so whether it has changed since cannot be known: mark it there.`;
    throw new ToolError('CONFLICT', message);
  }
  if (versionId !== output.versionId) throw await movedOn(server, externalId, output.versionId, current);
  const note = [...(current.note ?? []), { text: `Entered in error: ${reason}` }];
  const marked: Stored<ServiceRequest> = { ...current, status: 'entered-in-error', note };
  return { state: 'standing', versionId, marked, changes: differences(current, marked) };
}

async function movedOn(
  server: FhirServer,
  externalId: string,
  madeVersion: string,
  current: Stored<ServiceRequest>,
): Promise<ToolError> {
  const all = (await versions<ServiceRequest>(server, 'ServiceRequest', current.id)) ?? [];
  const made = all.find(({ meta }) => meta?.versionId === madeVersion);
  const changes = made ? differences(made, current) : [];
  const what = changes.map(({ path, before, after }) => `${path} from ${shown(before)} to ${shown(after)}`).join(', ');
  const currentVersion = current.meta?.versionId ?? 'unknown';
  const message = `${externalId} has moved on since it was made (version ${madeVersion}, now ${currentVersion})${what && `: ${what}`}. It is left as it is: undo it on the server, with whoever changed it.`;
  const params = { externalId, madeVersion, currentVersion, changed: changes.map(({ path }) => path) };
  return new ToolError('CONFLICT', message, { params });
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 97)}...` : text;
}
