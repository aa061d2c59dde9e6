import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hospital, policy, reading } from '../cedar.fixture.ts';
import { checkPolicy } from '../check-policy.ts';
import { CompiledPolicies } from '../compiled-policies.ts';
import type { DecisionRequest } from '../decide.ts';
import { conditions } from './conditions.fixture.ts';
import { Documents, documentColumns } from './documents.fixture.ts';

/** More of them for a long look: `PROPERTY_RUNS=5000`. */
const runs = Number(process.env.PROPERTY_RUNS ?? 100);

let documents: Documents;
beforeAll(async () => {
  documents = await Documents.open();
});
afterAll(() => documents.close());

const oneOf = fc.constantFrom;
const principals = fc.record({
  kind: oneOf('user', 'api_key'),
  id: oneOf('u-1', 'u-2', 'a'),
  person: oneOf('u-1', 'u-2', ''),
  roles: fc.subarray(['nurse', 'doctor']),
  groups: fc.subarray(['a', 'b', 'surgery', '50_5']),
  attributes: fc.record(
    {
      department: oneOf<unknown[]>('surgery', 'icu', '', 'surgery', 7),
      clearance: oneOf<unknown[]>(1, 2, 3, 3, '2'),
      limit: oneOf<unknown[]>('10.5', 10.5, 1000, '99999.9999', '1.23456'),
    },
    { requiredKeys: [] },
  ),
});
const statements = fc
  .tuple(
    oneOf('permit', 'permit', 'forbid'),
    oneOf('principal', 'principal', 'principal in Role::"doctor"', 'principal is User', 'principal == User::"u-1"'),
    oneOf('resource', 'resource is Document', 'resource == Document::"d-1"', 'resource in Document::"d-2"'),
    fc.array(fc.tuple(oneOf('when', 'unless'), conditions), { maxLength: 2 }),
  )
  .map(([effect, principal, resource, clauses]) => {
    const text = clauses.map(([kind, condition]) => ` ${kind} { ${condition} }`).join('');
    return `${effect}(${principal}, action == Action::"knowledge:document:read", ${resource})${text};`;
  });
/** Up to a few, or enough for them to be screened. */
const policySets = fc.oneof(
  { weight: 5, arbitrary: fc.array(statements, { minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: fc.array(statements, { minLength: 8, maxLength: 14 }) },
);

const allowedOneByOne = (policies: CompiledPolicies, request: DecisionRequest): string[] =>
  documents.rows
    .filter((row) => policies.decide({ ...request, resource: { type: 'Document', ...row } }).allowed)
    .map(({ id }) => id);

async function allowedInList(policies: CompiledPolicies, request: DecisionRequest): Promise<string[]> {
  const filter = policies.filter({ ...request, columns: documentColumns, idColumn: 'd.id' });
  if (filter.kind === 'all') return documents.ids('true');
  return filter.kind === 'none' ? [] : documents.ids(filter.sql, filter.params);
}

describe('a list', () => {
  it('shows exactly the objects that a single decision allows, for any policies and anybody', async () => {
    const seen = { sound: 0, everything: 0, something: 0, nothing: 0 };
    const property = fc.asyncProperty(policySets, principals, async (texts, principal) => {
      const everyColumn = { Document: Object.keys(documentColumns) };
      const rules = { listed: new Set(['knowledge:document:read']), columns: everyColumn };
      const problems = texts.flatMap((text) => checkPolicy(hospital, text, rules));
      expect(problems.filter(({ code }) => code !== 'POLICY_IMPOSSIBLE')).toEqual([]);
      if (problems.length === 0) seen.sound += 1;
      const policies = new CompiledPolicies(
        hospital,
        texts.map((text, index) => policy(text, `p${index}`)),
      );
      for (const granted of [true, false]) {
        const request = reading({ principal, granted });
        const allowed = allowedOneByOne(policies, request);
        expect(await allowedInList(policies, request)).toEqual(allowed);
        if (allowed.length === documents.rows.length) seen.everything += 1;
        else if (allowed.length > 0) seen.something += 1;
        else seen.nothing += 1;
      }
      policies.close();
    });
    await fc.assert(property, { numRuns: runs });
    // The policies have to be worth something for the agreement to be.
    expect(seen.sound).toBeGreaterThan(runs / 3);
    expect(seen.something).toBeGreaterThan(runs / 4);
    expect(seen.everything + seen.nothing).toBeGreaterThan(runs / 20);
  }, 3_600_000);
});
