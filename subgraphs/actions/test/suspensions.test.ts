import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { codesOf, House, ordersOfOnesOwn } from './house.ts';

type Payload = { userErrors: { code: string; path: string[] | null }[]; suspension?: object | null; resumed?: boolean };

describe('the switch that stops actions', () => {
  let house: House;
  beforeAll(async () => {
    house = await House.open({ callTimeoutMs: 4_000, leaseMs: 12_000, patienceMs: 10_000 });
  });
  afterAll(() => house.close());

  const nextOrder = ordersOfOnesOwn();

  const turn = async (name: 'suspend' | 'resume', input: object, who = house.admin): Promise<Payload> => {
    const [type, shown] =
      name === 'suspend' ? ['Suspend', 'suspension { scope name reason suspendedBy { id } }'] : ['Resume', 'resumed'];
    const query = `mutation ($input: ${type}ActionsInput!) { ${name}Actions(input: $input) { ${shown} userErrors { code path } } }`;
    const data = await house.ask<Record<string, Payload>>(who, query, { input: { reason: 'An incident.', ...input } });
    return data[`${name}Actions`] as Payload; // The one field asked for.
  };
  const standing = async () =>
    (await house.ask<{ suspensions: object[] }>(house.operator, '{ suspensions { scope name reason } }')).suspensions;

  it.each([
    ['everything', {}, { scope: 'TENANT', name: '*' }],
    ['a connector', { connector: 'fhir' }, { scope: 'CONNECTOR', name: 'fhir' }],
    ['a tool', { tool: 'fhir.createServiceRequest' }, { scope: 'TOOL', name: 'fhir.createServiceRequest' }],
  ])('stops %s: what is approved is not begun, and goes when it is let go on', async (_what, covered, told) => {
    const input = nextOrder();
    const id = await house.approved(input);
    const { suspension } = await turn('suspend', covered);
    expect(suspension).toEqual({ ...told, reason: 'An incident.', suspendedBy: { id: house.admin.id } });
    expect(await standing()).toEqual([{ ...told, reason: 'An incident.' }]);

    const refused = await house.execute(id);
    expect(codesOf(refused)).toEqual(['SUSPENDED']);
    expect(refused.userErrors[0]?.message).toContain('An incident.');
    expect(await house.orders(input.patient)).toEqual([]);
    expect(codesOf(await house.propose(null, input))).toEqual([]);

    expect(await turn('resume', covered)).toMatchObject({ resumed: true, userErrors: [] });
    expect(await turn('resume', covered)).toMatchObject({ resumed: false });
    expect(await house.execute(id)).toMatchObject({ action: { status: 'SUCCEEDED' }, userErrors: [] });
  });

  it('stops undoing, too', async () => {
    const id = await house.approved(nextOrder());
    await house.execute(id);
    await turn('suspend', {});
    expect(codesOf(await house.undo(id))).toEqual(['SUSPENDED']);
    expect((await house.action(id))?.status).toBe('SUCCEEDED');
    await turn('resume', {});
    expect((await house.undo(id)).action).toMatchObject({ status: 'UNDONE' });
  });

  it('is turned once, by however many at the same time', async () => {
    const turned = await Promise.all(['First.', 'Second.', 'Third.'].map((reason) => turn('suspend', { reason })));
    const [{ suspension } = { suspension: null }] = turned;
    expect(suspension).toMatchObject({ scope: 'TENANT' });
    expect(turned).toEqual(turned.map(() => ({ suspension, userErrors: [] })));
    await turn('resume', {});
  });

  it('keeps the first reason when it is turned twice, and is in the log', async () => {
    await turn('suspend', { reason: 'First.' });
    expect((await turn('suspend', { reason: 'Second.' })).suspension).toMatchObject({ reason: 'First.' });
    await turn('resume', {});
    const query = '{ auditTrail(filter: { kinds: ["CONFIGURATION"] }, first: 2) { edges { node { facts values } } } }';
    const { auditTrail } = await house.ask<{ auditTrail: { edges: { node: object }[] } }>(house.admin, query);
    const facts = { subject: 'suspension', scope: 'TENANT', name: '*' };
    expect(auditTrail.edges.map(({ node }) => node)).toEqual([
      { facts: { ...facts, state: 'RESUMED' }, values: { reason: 'An incident.' } },
      { facts: { ...facts, state: 'SUSPENDED' }, values: { reason: 'First.' } },
    ]);
  });

  it('is not for everybody, and names what is there', async () => {
    await expect(turn('suspend', {}, house.operator)).rejects.toThrow('FORBIDDEN');
    for (const [wrong, code] of [
      [{ connector: 'fax' }, 'CONNECTOR_UNKNOWN'],
      [{ tool: 'fhir.dance' }, 'TOOL_NOT_FOUND'],
      [{ tool: 'fhir.createServiceRequest', connector: 'fhir' }, 'SCOPE_INVALID'],
      [{ reason: ' ' }, 'REASON_REQUIRED'],
    ] as const) {
      expect((await turn('suspend', wrong)).userErrors).toMatchObject([{ code }]);
    }
    expect(await standing()).toEqual([]);
  });
});
