import { changeAccess, newId, type Principal } from '@countersign/kernel';
import { testPrincipal } from '@countersign/kernel/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { codesOf, House, idOf, ordersOfOnesOwn, type UserError } from './house.ts';

interface Payload {
  delegation: { id: string; from: { id: string }; to: { id: string } } | null;
  userErrors: UserError[];
}

let now = new Date('2026-07-01T08:00:00Z').getTime();
const inHours = (hours: number) => new Date(now + hours * 3_600_000).toISOString();

describe('a place that is given to somebody', () => {
  let house: House;
  let chief: Principal;
  let deputy: Principal;
  const nextOrder = ordersOfOnesOwn();

  beforeAll(async () => {
    const timing = { callTimeoutMs: 4_000, leaseMs: 12_000, patienceMs: 10_000 };
    house = await House.open(timing, { now: () => new Date(now) });
    chief = await person({ roles: ['chief'] });
    deputy = await person({ roles: ['deputy'] });
    const gate = { tools: ['*'], approvals: { count: 1, byRoles: ['chief'] } };
    const query = `mutation ($gate: JSON!) {
      setActionGate(input: { name: "The chief", gate: $gate, reason: "The board wants it." }) { userErrors { code } } }`;
    await house.ask(house.admin, query, { gate });
  });
  afterAll(() => house.close());

  const person = async (overrides: Partial<Principal>): Promise<Principal> => {
    const permissions = ['actions:action:read', 'actions:action:approve', 'tool:*:propose'];
    const somebody = testPrincipal({ tenantId: house.operator.tenantId, permissions, ...overrides });
    await house.known(somebody);
    return somebody;
  };
  const give = async (input: object, who = chief): Promise<Payload> => {
    const query = `mutation ($input: DelegateApprovalsInput!) {
      delegateApprovals(input: $input) { delegation { id from { id } to { id } } userErrors { code message path } } }`;
    const whole = { to: deputy.id, until: inHours(48), reason: 'On leave.', ...input };
    return (await house.ask<{ delegateApprovals: Payload }>(who, query, { input: whole })).delegateApprovals;
  };
  const end = async (id: string, who = chief): Promise<Payload> => {
    const query = `mutation ($id: ID!) { endDelegation(input: { id: $id, reason: "Back." }) { delegation { id } userErrors { code } } }`;
    return (await house.ask<{ endDelegation: Payload }>(who, query, { id })).endDelegation;
  };
  const inbox = async (who: Principal): Promise<string[]> => {
    const { inbox } = await house.ask<{ inbox: { edges: { node: { id: string } }[] } }>(
      who,
      '{ inbox(first: 50) { edges { node { id } } } }',
    );
    return inbox.edges.map(({ node }) => node.id);
  };

  it('lets their approval count where the other one is asked for, and says for whom', async () => {
    const id = idOf(await house.propose(null, nextOrder()));
    expect(codesOf(await house.approve(id, deputy))).toEqual(['APPROVAL_WOULD_NOT_COUNT']);
    expect(await inbox(deputy)).not.toContain(id);
    const { delegation, userErrors } = await give({});
    expect(userErrors).toEqual([]);
    expect(delegation).toMatchObject({ from: { id: chief.id }, to: { id: deputy.id } });
    expect(await inbox(deputy)).toContain(id);
    expect((await house.approve(id, deputy)).action?.status).toBe('APPROVED');
    const query = 'query ($id: ID!) { action(id: $id) { approvals { approver { id } onBehalfOf { id } } } }';
    expect(await house.ask(house.operator, query, { id })).toEqual({
      action: { approvals: [{ approver: { id: deputy.id }, onBehalfOf: [{ id: chief.id }] }] },
    });
    await end(delegation?.id ?? '');
  });

  it('holds until the moment at which it ends, and not at it', async () => {
    const [early, late] = [idOf(await house.propose(null, nextOrder())), idOf(await house.propose(null, nextOrder()))];
    await give({ until: inHours(1) });
    now += 3_600_000 - 1;
    expect((await house.approve(early, deputy)).action?.status).toBe('APPROVED');
    now += 1;
    expect(codesOf(await house.approve(late, deputy))).toEqual(['APPROVAL_WOULD_NOT_COUNT']);
  });

  it('ends when it is ended, and when who gave it has left', async () => {
    const id = idOf(await house.propose(null, nextOrder()));
    const { delegation } = await give({});
    expect(codesOf((await end(delegation?.id ?? '', await person({}))) as never)).toEqual(['DELEGATION_NOT_YOURS']);
    expect(codesOf((await end(delegation?.id ?? '')) as never)).toEqual([]);
    expect(codesOf(await house.approve(id, deputy))).toEqual(['APPROVAL_WOULD_NOT_COUNT']);
    expect(codesOf((await end(delegation?.id ?? '')) as never)).toEqual(['DELEGATION_UNKNOWN']);

    const leaving = await person({ roles: ['chief'] });
    await give({}, leaving);
    await house.leaves(leaving);
    expect(codesOf(await house.approve(id, deputy))).toEqual(['APPROVAL_WOULD_NOT_COUNT']);
  });

  it('is not handed on, and is lent to nobody for what its owner made', async () => {
    const third = await person({});
    const { delegation } = await give({});
    await give({ to: third.id }, deputy);
    const id = idOf(await house.propose(null, nextOrder()));
    expect(codesOf(await house.approve(id, third))).toEqual(['APPROVAL_WOULD_NOT_COUNT']);
    const own = idOf(await house.propose(null, nextOrder(), chief));
    expect(codesOf(await house.approve(own, deputy))).toEqual(['APPROVAL_WOULD_NOT_COUNT']);
    await end(delegation?.id ?? '');
  });

  it('hands on nothing that a policy keeps its owner from: neither the inbox nor the approval', async () => {
    const { delegation } = await give({});
    const id = idOf(await house.propose());
    const permissions = ['actions:action:approve', 'actions:action:read'];
    for (const permission of permissions) {
      await forbid(`principal.id == "${chief.id}"`, permission);
      expect(await inbox(deputy)).not.toContain(id);
      expect(codesOf(await house.approve(id, deputy))).toEqual(['APPROVAL_WOULD_NOT_COUNT']);
    }
    await forbid('false', 'actions:action:approve');
    expect(await inbox(deputy)).toContain(id);
    expect((await house.approve(id, deputy)).action?.status).toBe('APPROVED');
    await end(delegation?.id ?? '');
  });
  /** The tenant's only policy from now on. */
  const forbid = (when: string, permission: string): Promise<void> => {
    const { tenantId } = house.operator;
    const text = `forbid (principal, action == Action::"${permission}", resource) when { ${when} };`;
    return house.subgraphs.database.withTenant({ tenantId }, async (em) => {
      await em.execute("insert into kernel.access (tenant_id, region) values (?, 'eu') on conflict do nothing", [
        tenantId,
      ]);
      await em.execute('delete from kernel.policy');
      await em.execute("insert into kernel.policy (tenant_id, id, name, version, source) values (?, ?, 'One', 1, ?)", [
        ...[tenantId, newId(), text],
      ]);
      await changeAccess(em, tenantId);
    });
  };

  it.each([
    ['to oneself', () => ({ to: chief.id }), 'DELEGATE_IS_SELF'],
    ['to nobody', () => ({ to: 'nobody' }), 'DELEGATE_UNKNOWN'],
    ['that is over', () => ({ until: inHours(-1) }), 'DELEGATION_TIME_INVALID'],
    ['that ends before it begins', () => ({ since: inHours(3), until: inHours(2) }), 'DELEGATION_TIME_INVALID'],
    ['for longer than 90 days', () => ({ until: inHours(91 * 24) }), 'DELEGATION_TIME_INVALID'],
    ['without a reason', () => ({ reason: ' ' }), 'REASON_REQUIRED'],
  ])('is not given %s', async (_what, input, code) => {
    expect(codesOf((await give(input())) as never)).toEqual([code]);
  });

  it('is not given to who may not approve, nor by a machine, nor seen elsewhere', async () => {
    const viewer = await person({ permissions: ['actions:action:read'] });
    expect(codesOf((await give({ to: viewer.id })) as never)).toEqual(['DELEGATE_CANNOT_APPROVE']);
    const machine = testPrincipal({ ...chief, kind: 'service', id: newId() } as Partial<Principal>);
    expect(codesOf((await give({}, machine)) as never)).toEqual(['DELEGATOR_NOT_A_PERSON']);
    await give({});
    expect(await house.ask(house.stranger, '{ delegations { id } }')).toEqual({ delegations: [] });
  });
});
