import {
  type AttributeDeclaration,
  CompiledPolicies,
  checkPolicy,
  describePolicy,
  newId,
  type Vocabulary,
} from '@countersign/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { policyTemplates } from '../src/services/policies/templates/index.ts';
import { openHouse, type TestHouse, type TestTenant } from './house.ts';
import { codesOf, mutate } from './mutate.ts';
import { actions, knowledge } from './objects.fixture.ts';

const attribute = (name: string, type: AttributeDeclaration['type']) => ({
  name,
  type,
  required: false,
  description: '',
});
const objectTypes = [knowledge, actions].flatMap(({ permissions }) => permissions.objectTypes ?? []);
const catalogue = [knowledge, actions].flatMap(({ permissions }) => permissions.catalogue);
const vocabulary: Vocabulary = {
  principalAttributes: [
    attribute('department', 'String'),
    attribute('clearance', 'Long'),
    attribute('region', 'String'),
  ],
  resources: objectTypes,
  permissions: catalogue.map(({ name, on }) => ({ name, ...(on && { resource: on }) })),
};
const lists = {
  listed: new Set(catalogue.filter(({ listed }) => listed).map(({ name }) => name)),
  columns: Object.fromEntries(objectTypes.map((each) => [each.type, each.attributes.map(({ name }) => name)])),
};

function rendered(name: string, parameters: Record<string, unknown>): string {
  const answer = policyTemplates.find((each) => each.name === name)?.render(parameters);
  if (!answer || 'problems' in answer) throw new Error(JSON.stringify(answer));
  return answer.source;
}

const document = {
  type: 'Document',
  attributes: { source: 's', title: 't', ingestedBy: 'i', roles: [], classification: 0 },
};
const action = {
  type: 'ProposedAction',
  attributes: {
    tool: 't',
    connector: 'c',
    risk: 'LOW',
    status: 'PROPOSED',
    makerId: 'maker',
    makerPerson: 'maker',
    makerGroups: ['ICU'],
    reversible: true,
  },
};
const wednesdayAtNoon = {
  now: '2026-11-25T12:00:00.000Z',
  hour: 12,
  minute: 0,
  weekday: 3,
  date: '2026-11-25',
  region: 'eu',
};

interface Case {
  readonly template: string;
  readonly parameters?: Record<string, unknown>;
  readonly permission: string;
  readonly who?: { roles?: string[]; groups?: string[]; person?: string; attributes?: Record<string, unknown> };
  readonly of?: Record<string, unknown>;
  readonly at?: Partial<typeof wednesdayAtNoon>;
}

function allows({ template, parameters = {}, permission, who = {}, of = {}, at = {} }: Case): boolean {
  const source = rendered(template, parameters);
  expect(checkPolicy(vocabulary, source, lists)).toEqual([]);
  const policies = new CompiledPolicies(vocabulary, [{ id: 'p', name: template, version: 1, text: source }]);
  const object = permission.startsWith('knowledge') ? document : action;
  const person = who.person ?? 'somebody';
  return policies.decide({
    permission,
    principal: { kind: 'user', id: person, person, roles: [], groups: [], attributes: {}, ...who },
    resource: { type: object.type, id: newId(), attributes: { ...object.attributes, ...of } },
    context: { ...wednesdayAtNoon, ...at },
    granted: true,
  }).allowed;
}

const examplesOf = (name: string): Record<string, unknown> =>
  Object.fromEntries(
    (policyTemplates.find((each) => each.name === name)?.parameters ?? []).map((each) => [each.name, each.example]),
  );

describe('a template', () => {
  it.each(policyTemplates.map(({ name }) => name))('%s renders from its examples to what may be published', (name) => {
    expect(checkPolicy(vocabulary, rendered(name, examplesOf(name)), lists)).toEqual([]);
  });

  it.each(policyTemplates.map(({ name }) => name))('%s needs just the parameters that it says it needs', (name) => {
    const { parameters = [] } = policyTemplates.find((each) => each.name === name) ?? {};
    const needed = parameters.filter(({ required }) => required).map((each) => [each.name, each.example]);
    expect(checkPolicy(vocabulary, rendered(name, Object.fromEntries(needed)), lists)).toEqual([]);
    for (const [missing] of needed) {
      const rest = Object.fromEntries(needed.filter(([each]) => each !== missing));
      expect(policyTemplates.find((each) => each.name === name)?.render(rest)).toMatchObject({
        problems: [{ parameter: missing }],
      });
    }
  });

  it('says which parameter is wrong, or unknown', () => {
    const limit = policyTemplates.find(({ name }) => name === 'amount-limit');
    const right = { role: 'operator', limit: '10', currency: 'EUR' };
    expect(limit?.render({ ...right, limit: '1e9' })).toMatchObject({ problems: [{ parameter: 'limit' }] });
    expect(limit?.render({ ...right, currency: 'Euro' })).toMatchObject({ problems: [{ parameter: 'currency' }] });
    expect(limit?.render({ ...right, rolle: 'x' })).toMatchObject({ problems: [{ parameter: 'rolle' }] });
    expect(limit?.render([])).toMatchObject({ problems: [{ parameter: null }] });
  });

  it('takes any name for a name: no name becomes a statement or a condition', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
      .filter((text) => text.length <= 100 && !/[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]/u.test(text));
    const hostile = fc.constantFrom(
      '"',
      '\\',
      '\\"',
      '\\0',
      '"; permit(principal, action, resource); //',
      '\\u{0}',
      "'",
    );
    const names = fc.array(
      fc.oneof(
        name,
        hostile,
        fc.tuple(name, hostile).map((both) => both.join('')),
      ),
      {
        minLength: 1,
        maxLength: 5,
      },
    );
    fc.assert(
      fc.property(names, (texts) => {
        const teams = [...new Set(texts.map((text) => text.slice(0, 100)))];
        const [role = ''] = teams;
        const sources = [
          ['separation-of-duties', { teams }, teams.length + 1],
          ['own-department', { exceptDepartments: teams }, 1],
          ['business-hours', { fromHour: 8, toHour: 18, regions: teams }, 2],
          ['amount-limit', { role, limit: 5, currency: 'EUR', exceptRoles: teams }, 1],
        ] as const;
        for (const [template, parameters, statements] of sources) {
          const source = rendered(template, parameters);
          expect(checkPolicy(vocabulary, source, lists)).toEqual([]);
          const described = describePolicy(source);
          expect(described.map(({ effect }) => effect)).toEqual(Array.from({ length: statements }, () => 'forbid'));
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe('own department only', () => {
  const reads = (of: object, attributes: object, parameters = {}) =>
    allows({
      template: 'own-department',
      parameters,
      permission: 'knowledge:document:read',
      of: { ...of },
      who: { attributes: { ...attributes } },
    });

  it.each([
    ['the own one', { department: 'ICU' }, { department: 'ICU' }, {}, true],
    ['another one', { department: 'ICU' }, { department: 'ER' }, {}, false],
    ['one, for somebody without', { department: 'ICU' }, {}, {}, false],
    ['none', {}, {}, {}, true],
    ['none, where these are refused', {}, { department: 'ICU' }, { refuseUnassigned: true }, false],
    [
      'the own one, where those without are refused',
      { department: 'ICU' },
      { department: 'ICU' },
      { refuseUnassigned: true },
      true,
    ],
    [
      'another one, for who is excepted',
      { department: 'ICU' },
      { department: 'Audit' },
      { exceptDepartments: ['Audit'] },
      true,
    ],
  ] as const)('decides on a document of %s', (_what, of, attributes, parameters, allowed) => {
    expect(reads(of, attributes, parameters)).toBe(allowed);
  });
});

describe('clearance', () => {
  it.each([
    [3, 2, {}, false],
    [2, 2, {}, true],
    [1, 2, {}, true],
    [0, undefined, {}, false],
    [0, undefined, { freeUpTo: 0 }, true],
    [1, undefined, { freeUpTo: 0 }, false],
  ] as const)(
    'of a document classified %s for a clearance of %s with %j',
    (classification, clearance, parameters, allowed) => {
      const attributes = clearance === undefined ? {} : { clearance };
      const permission = 'knowledge:document:read';
      expect(
        allows({ template: 'clearance', parameters, permission, of: { classification }, who: { attributes } }),
      ).toBe(allowed);
    },
  );
});

describe('an amount limit', () => {
  const parameters = { role: 'operator', limit: '1000.00', currency: 'EUR', exceptRoles: ['admin'] };
  it.each([
    ['up to it', ['operator'], { amount: '1000.00', currency: 'EUR' }, true],
    ['above it', ['operator'], { amount: '1000.01', currency: 'EUR' }, false],
    ['in another currency', ['operator'], { amount: '1.00', currency: 'JPY' }, false],
    ['in no currency', ['operator'], { amount: '1.00' }, false],
    ['without an amount', ['operator'], {}, true],
    ['above it, for another role', ['approver'], { amount: '5000.00', currency: 'EUR' }, true],
    [
      'above it, for who holds a role that lifts it',
      ['operator', 'admin'],
      { amount: '5000.00', currency: 'EUR' },
      true,
    ],
  ] as const)('decides %s', (_what, roles, of, allowed) => {
    const permission = 'actions:action:approve';
    expect(allows({ template: 'amount-limit', parameters, permission, of, who: { roles: [...roles] } })).toBe(allowed);
  });
});

describe('business hours', () => {
  it.each([
    ['within them', { fromHour: 8, toHour: 18 }, { hour: 17 }, true],
    ['when they have ended', { fromHour: 8, toHour: 18 }, { hour: 18 }, false],
    ['before they begin', { fromHour: 8, toHour: 18 }, { hour: 7 }, false],
    ['on a Sunday', { fromHour: 8, toHour: 18 }, { weekday: 7 }, false],
    ['over midnight', { fromHour: 22, toHour: 6 }, { hour: 3 }, true],
    ['outside of a night', { fromHour: 22, toHour: 6 }, { hour: 6 }, false],
    ['until midnight', { fromHour: 8, toHour: 24 }, { hour: 23 }, true],
  ] as const)('decide %s', (_what, parameters, at, allowed) => {
    expect(allows({ template: 'business-hours', parameters, permission: 'actions:action:approve', at })).toBe(allowed);
  });

  it.each([
    [{ region: 'eu' }, true],
    [{ region: 'us' }, false],
    [{}, false],
  ])('with regions, decide about somebody of %j', (attributes, allowed) => {
    const parameters = { fromHour: 8, toHour: 18, regions: ['eu', 'ch'] };
    const permission = 'actions:action:execute';
    expect(allows({ template: 'business-hours', parameters, permission, who: { attributes } })).toBe(allowed);
  });
});

describe('separation of duties', () => {
  it.each([
    ['what they made', { person: 'maker' }, {}, false],
    ['what their team made', { groups: ['ICU'] }, {}, false],
    ['what others made', { groups: ['ER'] }, {}, true],
    ['what a group of theirs made that is no team', { groups: ['ICU'] }, { teams: ['ER'] }, true],
    ['what a team of theirs made', { groups: ['ICU', 'ER'] }, { teams: ['ER', 'ICU'] }, false],
  ] as [string, Case['who'], Record<string, unknown>, boolean][])(
    'decides on %s',
    (_what, who, parameters, allowed) => {
      const permission = 'actions:action:approve';
      const template = 'separation-of-duties';
      expect(allows({ template, parameters, permission, who })).toBe(allowed);
    },
  );
});

describe('templates through the graph', () => {
  let house: TestHouse;
  let acme: TestTenant;
  beforeAll(async () => {
    house = await openHouse([knowledge, actions]);
    acme = await house.tenant('acme');
  });
  afterAll(() => house.close());

  const render = async (name: string, parameters: Record<string, unknown>) => {
    const { data, errors } = await acme.ask(
      'admin',
      'query($name: String!, $parameters: JSON) { renderPolicyTemplate(name: $name, parameters: $parameters) { source problems { code message parameter line column } } }',
      { name, parameters },
    );
    return errors ? errors[0]?.extensions.code : data.renderPolicyTemplate;
  };

  it('are listed with their parameters', async () => {
    const { data } = await acme.ask(
      'admin',
      '{ policyTemplates { name title description parameters { name type description required example } } }',
    );
    expect(data.policyTemplates.map(({ name }: { name: string }) => name)).toEqual([
      'own-department',
      'clearance',
      'amount-limit',
      'business-hours',
      'separation-of-duties',
    ]);
    expect(data.policyTemplates[2].parameters[0]).toEqual({
      name: 'role',
      type: 'TEXT',
      description: expect.any(String),
      required: true,
      example: 'operator',
    });
  });

  it('are published as they were rendered', async () => {
    const { source, problems } = await render('amount-limit', { role: 'operator', limit: 250, currency: 'CHF' });
    expect(problems).toEqual([]);
    expect(codesOf(await mutate(acme, 'admin', 'publishPolicy', { name: 'limit', source }))).toEqual([]);
  });

  it('say what the tenant lacks for them', async () => {
    const { source, problems } = await render('own-department', {});
    expect(source).toContain('principal.department');
    expect(problems).toMatchObject([{ code: 'POLICY_UNKNOWN_ATTRIBUTE', parameter: null, line: 3 }]);
    const attributes = [{ name: 'department', type: 'STRING' }];
    expect(codesOf(await mutate(acme, 'admin', 'setAttributeSchema', { attributes }))).toEqual([]);
    expect((await render('own-department', {})).problems).toEqual([]);
    expect((await render('separation-of-duties', { teams: ['ICU'] })).problems).toMatchObject([
      { code: 'GROUP_NOT_FOUND' },
    ]);
  });

  it('answer what is wrong with their parameters', async () => {
    expect(await render('amount-limit', { role: 'operator', limit: 'much', currency: 'CHF' })).toMatchObject({
      source: null,
      problems: [{ code: 'PARAMETER_INVALID', parameter: 'limit', line: null }],
    });
    expect(await render('nothing', {})).toBe('NOT_FOUND');
  });
});
