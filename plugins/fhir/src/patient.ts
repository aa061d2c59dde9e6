import { ToolError } from '@countersign/plugin-sdk';
import { formatHumanName } from '@medplum/core';
import type { Patient } from '@medplum/fhirtypes';
import { type FhirServer, read } from './fhir-server.ts';

export interface KnownPatient {
  /** `Patient/17`. */
  reference: string;
  /** As people call them, or the reference where the server knows no name. */
  name: string;
  /** Differs when the patient's record has changed; undefined where the server keeps no versions. */
  fingerprint?: string;
}

/** @throws ToolError NOT_FOUND at `patient` when there is no such patient, or no longer */
export async function readPatient(server: FhirServer, reference: string): Promise<KnownPatient> {
  const patient = await read<Patient>(server, 'Patient', reference.slice('Patient/'.length));
  if (!patient) {
    const message = `There is no ${reference} on the FHIR server, or no longer: give the reference of one that is there.`;
    throw new ToolError('NOT_FOUND', message, { path: ['patient'], params: { patient: reference } });
  }
  const version = patient.meta?.versionId ?? patient.meta?.lastUpdated;
  return { reference, name: nameOf(patient) ?? reference, fingerprint: version && `${reference}@${version}` };
}

/** The name in use: the official one before the usual one, and never an old one (FHIR R4 valueset-name-use). */
function nameOf({ name: names = [] }: Patient): string | undefined {
  const current = names.filter(({ use }) => use !== 'old');
  const name =
    current.find(({ use }) => use === 'official') ?? current.find(({ use }) => use === 'usual') ?? current[0];
  return name && (name.text ?? (formatHumanName(name) || undefined));
}
