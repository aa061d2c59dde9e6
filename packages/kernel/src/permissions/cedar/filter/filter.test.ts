import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PostgreSqlPlatform } from '@mikro-orm/postgresql';
import { hospital, nurse, policy, read, reading } from '../cedar.fixture.ts';
import { CompiledPolicies } from '../compiled-policies.ts';
import type { DecisionRequest } from '../decide.ts';
import { Documents, documentColumns } from './documents.fixture.ts';
import type { Filter } from './filter.ts';

let documents: Documents;
beforeAll(async () => {
  documents = await Documents.open();
});
afterAll(() => documents.close());

function filterBy(texts: readonly string[], changes: Partial<DecisionRequest> = {}, columns = documentColumns): Filter {
  const policies = new CompiledPolicies(
    hospital,
    texts.map((text, index) => policy(text, `p${index + 1}`)),
  );
  return policies.filter({ ...reading(changes), columns, idColumn: 'd.id' });
}

async function shown(filter: Filter): Promise<string[]> {
  if (filter.kind === 'all') return documents.ids('true');
  return filter.kind === 'none' ? [] : documents.ids(filter.sql, filter.params);
}

describe('a filter', () => {
  it('is all or none where roles and grants alone decide', () => {
    expect(filterBy([], { granted: true })).toEqual({ kind: 'all' });
    expect(filterBy([])).toEqual({ kind: 'none', why: 'nothing', errors: [] });
  });

  it('is none where nothing permits anybody like this', () => {
    const text = 'permit(principal in Role::"doctor", action == Action::"knowledge:document:read", resource);';
    expect(filterBy([text])).toEqual({ kind: 'none', why: 'nothing', errors: [] });
  });

  it('is none where a forbid is satisfied whatever the object', () => {
    expect(filterBy([read('forbid', 'context.hour > 9')], { granted: true })).toMatchObject({
      kind: 'none',
      why: 'policy',
    });
    expect(filterBy([read('forbid', 'context.hour > 19')], { granted: true })).toEqual({ kind: 'all' });
  });

  it('is a condition over columns where it depends on the object', async () => {
    const condition =
      'principal has department && resource has department && resource.department == principal.department';
    const filter = filterBy([read('permit', condition)]);
    expect(filter).toEqual({
      kind: 'some',
      sql: '(((d.department is not null) and (d.department = ?::text)))',
      params: ['surgery'],
      errors: [],
    });
    expect(await shown(filter)).toEqual(['d-1', 'd-10', 'd-11', 'd-12', 'd-13', 'd-14', 'd-2', 'd-8']);
  });

  it('leaves out the rows for which a forbid fails, also those that a permit lets through', async () => {
    const texts = [read('permit'), read('forbid', 'resource.owner == "u-2"')];
    const rows = await shown(filterBy(texts, { granted: true }));
    expect(rows).not.toContain('d-3');
    expect(rows).not.toContain('d-9');
    expect(rows).toContain('d-1');
  });

  it('leaves out the rows for which a permit fails, although they are granted', async () => {
    const rows = await shown(filterBy([read('permit', 'resource.owner == "u-2" && false')], { granted: true }));
    expect(rows).toEqual(['d-1', 'd-10', 'd-11', 'd-12', 'd-13', 'd-14', 'd-2', 'd-4', 'd-5', 'd-6', 'd-7', 'd-8']);
  });

  it('does not let `NULL and false` hide an error, as SQL would', async () => {
    const rows = await shown(
      filterBy([read('forbid', 'resource.owner == "u-2" && resource.title == "nothing"')], { granted: true }),
    );
    expect(rows).not.toContain('d-3');
  });

  it('is none, and says why, where something fails whatever the object', () => {
    const overflow = 'context.hour * 9007199254740991 * 9007199254740991 > 0';
    expect(filterBy([read('permit'), read('forbid', overflow)], { granted: true })).toMatchObject({
      kind: 'none',
      why: 'error',
      errors: [{ policyId: 'p2', message: expect.stringContaining('overflow') }],
    });
  });

  it('leaves out the rows that come to a failing part, and says so', async () => {
    const overflow = 'context.hour * 9007199254740991 * 9007199254740991 > 0';
    const filter = filterBy([read('permit', `resource.draft || ${overflow}`)]);
    expect(filter).toMatchObject({ kind: 'some', errors: [{ policyId: 'p1' }] });
    expect(await shown(filter)).toEqual(['d-2', 'd-4', 'd-6', 'd-8']);
  });

  it('is none where an attribute of the principal is of a wrong type', () => {
    const principal = { ...nurse, attributes: { clearance: 'high' } };
    const text = read('permit', 'principal has clearance && resource.classification <= principal.clearance');
    expect(filterBy([text], { principal, granted: true })).toMatchObject({
      kind: 'none',
      why: 'error',
      errors: [{ message: 'principal.clearance is not a Long, as it is declared.' }],
    });
  });

  it('is none, and says why, where a policy cannot be made into one', () => {
    const text = read('permit', 'resource.classification + 1 > 2');
    expect(filterBy([text], { granted: true })).toMatchObject({
      kind: 'none',
      why: 'error',
      errors: [{ policyId: 'p1', message: expect.stringContaining('cannot be made into a filter') }],
    });
  });

  it('is none where the list has no column for what a policy looks at, or one of another type', () => {
    const { draft: _, ...others } = documentColumns;
    const texts = [read('permit', 'resource.draft')];
    expect(filterBy(texts, { granted: true }, others)).toMatchObject({ kind: 'none', why: 'error' });
    const wrong = { ...others, draft: { sql: 'd.draft', type: 'String' as const, nullable: false } };
    expect(filterBy(texts, { granted: true }, wrong)).toMatchObject({ kind: 'none', why: 'error' });
  });

  it('takes what a policy says as values, never as SQL', async () => {
    const text = read('permit', String.raw`["it's a ? \"title\"", "x' or true --", "a\\*b"].contains(resource.title)`);
    const filter = filterBy([text]);
    expect(await shown(filter)).toEqual(['d-6', 'd-7']);
    const inlined = filter.kind === 'some' ? new PostgreSqlPlatform().formatQuery(filter.sql, filter.params) : 'true';
    expect(await documents.ids(inlined.replaceAll('?', String.raw`\?`))).toEqual(['d-6', 'd-7']);
  });

  it('holds more than a hundred statements together', async () => {
    const texts = Array.from({ length: 150 }, (_, index) =>
      read('permit', `resource.classification == ${index} && context.hour < ${index + 10}`),
    );
    expect(await shown(filterBy(texts))).toEqual([
      'd-1',
      'd-11',
      'd-12',
      'd-13',
      'd-14',
      'd-2',
      'd-3',
      'd-4',
      'd-8',
      'd-9',
    ]);
  });
});
