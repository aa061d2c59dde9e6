import { tenantId } from '@countersign/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openHouse, type TestHouse, type TestTenant } from './house.ts';
import { codesOf, mutate } from './mutate.ts';

const all = '{ accessSettings { permissionChangesNeedApproval timeZone sensitiveFields introspection } }';
const selection =
  'settings { permissionChangesNeedApproval timeZone sensitiveFields introspection } waiting { id kind status }';

describe('access settings', () => {
  let house: TestHouse;
  let acme: TestTenant;
  beforeAll(async () => {
    house = await openHouse();
    acme = await house.tenant('acme', { admin: 'admin', second: 'admin', operator: 'operator' });
  });
  afterAll(() => house.close());

  const set = (input: Record<string, unknown>, who = 'admin', tenant = acme) =>
    mutate(tenant, who, 'updateAccessSettings', input, selection);
  const settings = async () => (await acme.ask('admin', all)).data.accessSettings;

  it('begin open, in UTC, with one person being enough', async () => {
    expect(await settings()).toEqual({
      permissionChangesNeedApproval: false,
      timeZone: 'UTC',
      sensitiveFields: 'MASK',
      introspection: 'OPEN',
    });
  });

  it('change one by one and leave the others', async () => {
    await set({ timeZone: 'europe/berlin' });
    await set({ sensitiveFields: 'ERROR' });
    await set({ introspection: 'PERMITTED' });
    const wanted = {
      permissionChangesNeedApproval: false,
      timeZone: 'Europe/Berlin',
      sensitiveFields: 'ERROR',
      introspection: 'PERMITTED',
    };
    expect(await settings()).toEqual(wanted);
    const { access } = await house.database.read({ tenantId: tenantId(acme.id) }, (em) =>
      house.kernel.access.rulesIn(em, tenantId(acme.id)),
    );
    expect(access.timeZone).toBe('Europe/Berlin');
  });

  it.each(['Mars/Olympus', '+02:00', '', 'EST5EDT; drop', 'Europe/../Berlin', 'x'.repeat(10_000)])(
    'know no time zone %s',
    async (timeZone) => {
      expect(codesOf(await set({ timeZone }))).toEqual(['TIME_ZONE_UNKNOWN']);
    },
  );

  it('take the names that a time zone had before', async () => {
    expect(codesOf(await set({ timeZone: 'Asia/Calcutta' }))).toEqual([]);
  });

  it('that are so already are no change', async () => {
    expect(codesOf(await set({}))).toEqual(['SETTINGS_UNCHANGED']);
    expect(codesOf(await set({ introspection: (await settings()).introspection }))).toEqual(['SETTINGS_UNCHANGED']);
  });

  it('are for who administers them', async () => {
    const { errors } = await acme.ask('operator', all);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'tenants:policy:read' });
    await expect(set({ introspection: 'OPEN' }, 'operator')).rejects.toThrow('tenants:access:administer');
  });

  it('ask for no second person where there is none', async () => {
    const lonely = await house.tenant('lonely', { admin: 'admin' });
    const { userErrors } = await set({ permissionChangesNeedApproval: true }, 'admin', lonely);
    expect(userErrors).toMatchObject([
      { code: 'SECOND_PERSON_NEEDED', path: ['input', 'permissionChangesNeedApproval'] },
    ]);
  });

  it('need a second person for being told to need none', async () => {
    const on = await set({ permissionChangesNeedApproval: true });
    expect(on.settings).toMatchObject({ permissionChangesNeedApproval: true });
    const off = await set({ permissionChangesNeedApproval: false });
    expect(off).toMatchObject({ settings: null, waiting: { kind: 'access.settings', status: 'WAITING' } });
    expect(await settings()).toMatchObject({ permissionChangesNeedApproval: true });
    const { id } = off.waiting;
    expect(codesOf(await mutate(acme, 'admin', 'approveAccessChange', { id }))).toEqual(['MAKER_IS_NOT_CHECKER']);
    expect(codesOf(await mutate(acme, 'second', 'approveAccessChange', { id }))).toEqual([]);
    expect(await settings()).toMatchObject({ permissionChangesNeedApproval: false });
  });
});
