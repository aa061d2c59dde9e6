import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { enterprise, group, type ScimClient, scimClient } from '../src/scim/scim-client.fixture.ts';

const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:Error';

describe('what a PATCH does to a user', () => {
  let client: ScimClient;
  let id: string;
  beforeEach(async () => {
    client = scimClient();
    id = await client.someone('babs@example.com', {
      ...{ name: { givenName: 'Babs', familyName: 'Jensen' }, title: 'Guide', externalId: 'b1' },
      emails: [{ value: 'babs@jensen.org', type: 'work', primary: true }],
    });
  });
  afterEach(() => client.app.close());
  const stored = () => client.directory.users.get(id);

  it('all of it or nothing', async () => {
    const before = stored();
    for (const wrong of [
      { op: 'replace', path: 'active', value: 'perhaps' },
      { op: 'replace', path: 'noSuchThing', value: 'x' },
      { op: 'replace', path: 'emails[type eq "home"]', value: { value: 'x@y.z' } },
      { op: 'move', path: 'title', value: 'x' },
    ]) {
      const { status } = await client.patch(`/Users/${id}`, { op: 'replace', path: 'title', value: 'Boss' }, wrong);
      expect(status).toBe(400);
      expect(stored()).toEqual(before);
    }
  });

  it('nothing when it changes nothing', async () => {
    const writes = client.directory.writes;
    const { status, headers } = await client.patch(
      `/Users/${id}`,
      { op: 'Replace', path: 'userName', value: 'babs@example.com' },
      { op: 'Add', path: 'title', value: 'Guide' },
      { op: 'Add', path: 'urn:example:unknown:2.0:User:tag', value: 'x' },
      { op: 'remove', path: 'nickName' },
    );
    expect([status, headers.etag]).toEqual([200, 'W/"1"']);
    expect(client.directory.writes).toBe(writes);
  });

  it.each([
    [{ op: 'replace', path: 'id', value: 'x' }, 'mutability'],
    [{ op: 'replace', path: 'meta.created', value: 'x' }, 'mutability'],
    [{ op: 'add', path: 'groups', value: [{ value: 'g1' }] }, 'mutability'],
    [{ op: 'remove', path: 'userName' }, 'mutability'],
    [{ op: 'replace', path: 'userName', value: '' }, 'mutability'],
    [{ op: 'replace', path: 'userName', value: 'x'.repeat(321) }, 'invalidValue'],
    [{ op: 'replace', path: 'userName', value: { a: 1 } }, 'invalidValue'],
    [{ op: 'replace', path: 'name', value: 'Babs' }, 'invalidValue'],
    [{ op: 'replace', path: 'active', value: null }, 'invalidValue'],
    [{ op: 'remove', path: 'active' }, 'invalidValue'],
    [{ op: 'replace', path: 'title.short', value: 'x' }, 'invalidPath'],
    [{ op: 'replace', path: 'title[value eq "x"]', value: 'x' }, 'invalidPath'],
    [{ op: 'replace', path: 'emails[', value: 'x' }, 'invalidPath'],
    [{ op: 'replace', path: '..', value: 'x' }, 'invalidPath'],
    [{ op: 'replace', path: 7, value: 'x' }, 'invalidPath'],
    [{ op: 'replace', path: 'emails[type equals "work"].value', value: 'x' }, 'invalidFilter'],
    [{ op: 'replace', path: '__proto__.polluted', value: 'x' }, 'invalidPath'],
    [{ op: 'replace', path: 'constructor.prototype', value: 'x' }, 'invalidPath'],
    [{ op: 'remove' }, 'noTarget'],
    [{ op: 'remove', path: 'emails[type eq "home"]' }, undefined],
    [{ op: 'replace', value: 'x' }, 'invalidValue'],
    [{ path: 'title', value: 'x' }, 'invalidSyntax'],
    ['nonsense', 'invalidSyntax'],
  ])('%j: %s', async (operation, scimType) => {
    const { status, body } = await client.patch(`/Users/${id}`, operation);
    if (scimType === undefined) return expect(status).toBe(200);
    expect([status, body.status, body.scimType]).toEqual([400, '400', scimType]);
    expect(body.detail).toMatch(/\w/);
  });

  it('keeps one address, the primary one', async () => {
    const mail = async (...operations: unknown[]) => {
      await client.patch(`/Users/${id}`, ...operations);
      return stored()?.attributes.mail;
    };
    expect(await mail({ op: 'replace', path: 'emails[primary eq true].value', value: 'a@x.org' })).toBe('a@x.org');
    expect(await mail({ op: 'add', path: 'emails', value: { value: 'b@x.org', type: 'home' } })).toBe('a@x.org');
    expect(await mail({ op: 'add', path: 'emails', value: [{ value: 'c@x.org', primary: 'True' }] })).toBe('c@x.org');
    expect(await mail({ op: 'replace', path: 'emails', value: [{ value: 'd@x.org' }] })).toBe('d@x.org');
    expect(await mail({ op: 'remove', path: 'emails', value: [{ value: 'other@x.org' }] })).toBe('d@x.org');
    expect(await mail({ op: 'remove', path: 'emails[value eq "d@x.org"]' })).toBeUndefined();
    expect((await client.get(`/Users/${id}`)).body.emails).toMatchObject([{ value: 'babs@example.com' }]);
    expect(await mail({ op: 'replace', path: 'emails[type eq "work"].value', value: 'e@x.org' })).toBe('e@x.org');
    expect(await mail({ op: 'remove', path: 'emails' })).toBeUndefined();
  });

  it('follows the name in each of the places where it stands', async () => {
    const name = async (...operations: unknown[]) =>
      (await client.patch(`/Users/${id}`, ...operations)).body.displayName;
    expect(await name({ op: 'replace', path: 'name.familyName', value: 'Smith' })).toBe('Babs Smith');
    expect(await name({ op: 'replace', path: 'name', value: { familyname: 'Roe' } })).toBe('Babs Roe');
    expect(await name({ op: 'replace', path: 'name.formatted', value: 'Ms. Roe' })).toBe('Ms. Roe');
    expect(await name({ op: 'replace', path: 'name.familyName', value: 'Doe' })).toBe('Ms. Roe');
    expect(await name({ op: 'replace', value: { displayName: 'B. Doe' } })).toBe('B. Doe');
    expect(await name({ op: 'remove', path: 'displayName' })).toBe('B. Doe');
  });

  it('for all bodies, is an answer and never a fault', async () => {
    const scalars = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    const value = fc.oneof(
      scalars,
      fc.array(
        fc.oneof(
          scalars,
          fc.dictionary(fc.constantFrom('value', 'type', 'primary', '$ref', '__proto__.polluted'), scalars),
        ),
      ),
      fc.dictionary(
        fc.constantFrom(
          'value',
          'name.givenName',
          'emails',
          'members',
          `${enterprise}:manager`,
          enterprise,
          '__proto__.polluted',
          'constructor.prototype.polluted',
        ),
        fc.oneof(
          scalars,
          fc.array(scalars),
          fc.dictionary(fc.constantFrom('value', 'department', '__proto__'), scalars),
        ),
      ),
    );
    const path = fc.oneof(
      fc.string(),
      fc.constantFrom(
        'userName',
        'name',
        'emails',
        'members',
        'active',
        enterprise,
        'manager',
        'emails[type eq "work"]',
        'emails[type eq "work"].value',
        'emails.value',
        'emails[primary eq true].primary',
        'members[value eq "x"]',
        'name.givenName',
        'displayName',
        'id',
      ),
    );
    const operation = fc.record(
      {
        op: fc.oneof(
          { weight: 9, arbitrary: fc.constantFrom('add', 'Replace', 'remove') },
          { weight: 1, arbitrary: value },
        ),
        path,
        value,
      },
      { requiredKeys: ['op'] },
    );
    const { body: crew } = await client.send('POST', '/Groups', { schemas: [group], displayName: 'Crew' });
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 4 }), async (operations) => {
        for (const path of [`/Users/${id}`, `/Groups/${crew.id}`]) {
          const { status, body } = await client.patch(path, ...operations);
          expect([200, 204, 400]).toContain(status);
          if (status === 400) expect(body.schemas).toEqual([errorSchema]);
        }
        expect(client.faults).toEqual([]);
        expect({}).not.toHaveProperty('polluted');
      }),
      { numRuns: 200 },
    );
  });
});
