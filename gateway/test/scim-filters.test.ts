import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { enterprise, type ScimClient, scimClient, user } from '../src/scim/scim-client.fixture.ts';

describe('filters', () => {
  let client: ScimClient;
  beforeAll(async () => {
    client = scimClient();
    await client.someone('bjensen@example.com', {
      ...{ name: { givenName: 'Barbara', familyName: "O'Malley" }, title: 'Tour Guide', userType: 'Employee' },
      externalId: 'bjensen',
    });
    await client.someone('jsmith@example.org', {
      ...{ name: { givenName: 'James', familyName: 'Smith' }, userType: 'Contractor', active: false },
      emails: [{ value: 'james@work.example', type: 'work' }],
    });
    await client.someone('mueller@example.com', {
      displayName: 'Jörg "Joe" Müller',
      [enterprise]: { department: 'IT' },
    });
  });
  afterAll(() => client.app.close());

  const [barbara, james, joerg] = ['bjensen@example.com', 'jsmith@example.org', 'mueller@example.com'];
  it.each([
    ['userName eq "bjensen@EXAMPLE.com"', [barbara]],
    ['USERNAME Eq "bjensen@example.com"', [barbara]],
    [`name.familyName co "O'Malley"`, [barbara]],
    ['userName sw "J"', [james]],
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"', [james]],
    ['title pr', [barbara]],
    ['not (title pr)', [james, joerg]],
    ['title eq null', [james, joerg]],
    ['meta.lastModified gt "2011-05-13T04:42:34Z"', [barbara, james, joerg]],
    ['meta.lastModified lt "2011-05-13T04:42:34+02:00"', []],
    ['title pr and userType eq "Employee"', [barbara]],
    ['title pr or userType eq "Contractor"', [barbara, james]],
    ['userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")', [james]],
    ['userType eq "Employee" and (emails.type eq "work")', [barbara]],
    ['userType eq "Employee" and emails[type eq "work" and value co "@example.com"]', [barbara]],
    [
      'emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]',
      'invalidFilter',
    ],
    ['emails.value eq "james@work.example"', [james]],
    ['emails.value eq "jsmith@example.org"', []],
    ['emails ne "james@work.example"', [barbara, joerg]],
    ['active eq true', [barbara, joerg]],
    ['active eq "False"', [james]],
    ['active ne true', [james]],
    ['displayName eq "Jörg \\"Joe\\" Müller"', [joerg]],
    [`${enterprise}:department eq "it"`, [joerg]],
    ['department eq "it"', [joerg]],
    ['externalId eq "BJENSEN"', []],
    ['meta.resourceType eq "Group"', []],
    ['meta.resourceType eq "User" and userType pr', [barbara, james]],
    ['userName sw "b" or userName sw "j" and active eq true', [barbara]],
    ['', 'invalidFilter'],
    ['userName', 'invalidFilter'],
    ['userName eq', 'invalidFilter'],
    ['userName eq bjensen', 'invalidFilter'],
    ['userName is "x"', 'invalidFilter'],
    ['userName eq "x" constructor userName eq "y"', 'invalidFilter'],
    ['(userName eq "x"', 'invalidFilter'],
    ['userName eq 5', 'invalidFilter'],
    ['password sw "a"', 'invalidFilter'],
    ['groups.value eq "x"', 'invalidFilter'],
    ['__proto__ eq "x"', 'invalidFilter'],
    ['costCentre eq "x"', 'invalidFilter'],
    ['active gt true', 'invalidFilter'],
    ['active eq "perhaps"', 'invalidFilter'],
    ['meta.created co "2011"', 'invalidFilter'],
    ['meta.created gt "yesterday"', 'invalidFilter'],
    ['userName gt null', 'invalidFilter'],
    ['emails.type gt "work"', 'invalidFilter'],
    [`userName eq "${'x'.repeat(2_000)}"`, 'invalidFilter'],
    [Array(51).fill('active eq true').join(' or '), 'invalidFilter'],
    ['('.repeat(1_900), 'invalidFilter'],
  ] as const)('%s', async (filter, expected) => {
    const { status, body } = await client.filtered('Users', filter);
    if (expected === 'invalidFilter') {
      expect([status, body.status, body.scimType]).toEqual([400, '400', 'invalidFilter']);
      return;
    }
    expect(body.Resources?.map((each: { userName: string }) => each.userName)).toEqual(expected);
    expect(body.totalResults).toBe(expected.length);
  });

  it('with line breaks in an open quote are refused at once', async () => {
    const started = performance.now();
    const { status } = await client.filtered('Users', `userName eq "${'\n'.repeat(60)}`);
    const path = await client.patch('/Groups/x', { op: 'remove', path: `members[value eq "${'\n'.repeat(60)}]` });
    expect([status, path.status]).toEqual([400, 400]);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('name nothing of groups but what is theirs', async () => {
    for (const filter of ['userName eq "x"', 'members co "x"', 'members.display eq "x"', 'members[type eq "User"]']) {
      expect((await client.filtered('Groups', filter)).body.scimType).toBe('invalidFilter');
    }
    for (const filter of ['members[value eq "x"]', 'members.value eq "x"', 'members pr', 'displayName sw "x"']) {
      expect((await client.filtered('Groups', filter)).body.totalResults).toBe(0);
    }
  });

  it('are sent in a search too', async () => {
    const search = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
      attributes: ['displayName', 'userName'],
      ...{ filter: 'userName pr', sortBy: 'userName', sortOrder: 'descending', startIndex: 1, count: 2 },
    };
    const { status, body } = await client.send('POST', '/Users/.search', search);
    expect([status, body.totalResults, body.itemsPerPage]).toEqual([200, 3, 2]);
    expect(body.Resources).toEqual([
      { schemas: [user, enterprise], id: expect.any(String), displayName: 'Jörg "Joe" Müller', userName: joerg },
      { schemas: [user], id: expect.any(String), displayName: 'James Smith', userName: james },
    ]);
    expect(
      (await client.send('POST', '/Groups/.search', { ...search, sortBy: 'id', filter: 'displayName pr' })).status,
    ).toBe(200);
    expect((await client.send('POST', '/Users/.search', {})).body.scimType).toBe('invalidSyntax');
  });
});
