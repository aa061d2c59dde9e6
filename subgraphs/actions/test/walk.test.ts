import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { House, idOf, order, quote } from './house.ts';

interface Log {
  decisionLog: {
    verified: boolean;
    edges: { node: { seq: number | null; kind: string; hash: string | null; previousHash: string | null } }[];
  };
}

describe('from proposal to undo', () => {
  let house: House;
  let id: string;

  beforeAll(async () => {
    house = await House.open();
  });
  afterAll(() => house.close());

  it('proposes: previewed, backed by evidence, and waiting for someone else', async () => {
    const evidence = [{ answerId: house.answerId, markers: [1] }];
    const answer = await house.propose({ idempotencyKey: 'walk', evidence, workflow: 'admission', surface: 'test' });
    expect(answer.userErrors).toEqual([]);
    expect(answer.action).toMatchObject({
      status: 'AWAITING_APPROVAL',
      reversible: true,
      maker: { id: house.operator.id },
      evidence: [{ answerId: house.answerId, marker: 1, quote, document: { id: 'document-1' } }],
      policy: { decision: 'REQUIRE_APPROVAL' },
      outcome: null,
      undo: null,
    });
    expect(answer.action?.preview.summary).toContain('Lindqvist');
    expect(answer.action?.preview.changes).toContainEqual({
      path: 'ServiceRequest.status',
      before: null,
      after: 'active',
    });
    expect(answer.action?.policy.reasons.length).toBeGreaterThan(0);
    expect(await house.orders()).toEqual([]);
    id = idOf(answer);
  });

  it('is not approved by its maker, and is approved by someone else', async () => {
    expect((await house.approve(id, house.operator)).userErrors).toMatchObject([{ code: 'MAKER_IS_NOT_CHECKER' }]);
    const { action, userErrors } = await house.approve(id);
    expect(userErrors).toEqual([]);
    expect(action).toMatchObject({
      status: 'APPROVED',
      approvals: [{ decision: 'APPROVED', comment: 'Seen.', approver: { id: house.approver.id } }],
    });
  });

  it('executes once, also when called twice at the same moment', async () => {
    const answers = await Promise.all([house.execute(id), house.execute(id)]);
    const orders = await house.orders();
    expect(orders).toMatchObject([{ status: 'active' }]);
    for (const { action, userErrors } of answers) {
      expect(userErrors).toEqual([]);
      expect(action).toMatchObject({
        status: 'SUCCEEDED',
        attempts: 1,
        outcome: { externalId: `ServiceRequest/${orders[0]?.id}`, errorCode: null },
      });
    }
  });

  it('undoes by an action of its own, linked both ways', async () => {
    const { action, userErrors } = await house.undo(id);
    expect(userErrors).toEqual([]);
    expect(action).toMatchObject({ status: 'UNDONE', undo: { status: 'SUCCEEDED', undoOf: { id } } });
    expect(await house.orders()).toMatchObject([{ status: 'entered-in-error' }]);
    expect((await house.undo(id)).userErrors).toMatchObject([{ code: 'ALREADY_UNDONE' }]);
  });

  it('has a log of all of it, sealed and verified within a second', async () => {
    const query = `query ($id: ID) { decisionLog(actionId: $id) { verified edges { node { seq kind hash previousHash } } } }`;
    let log = await house.ask<Log>(house.auditor, query, { id });
    for (let left = 20; left > 0 && !log.decisionLog.verified; left -= 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      log = await house.ask<Log>(house.auditor, query, { id });
    }
    expect(log.decisionLog.verified).toBe(true);
    const nodes = log.decisionLog.edges.map(({ node }) => node);
    expect(nodes.map(({ kind }) => kind)).toEqual([
      ...['INPUT', 'EVIDENCE', 'PREVIEW', 'POLICY', 'APPROVAL', 'INTENT', 'EXECUTION', 'OUTCOME', 'UNDO'],
      ...['INPUT', 'PREVIEW', 'POLICY', 'INTENT', 'EXECUTION', 'OUTCOME', 'UNDO'],
    ]);
    // The first entry of the tenant's log is the connector's configuration.
    expect(nodes.map(({ seq }) => seq)).toEqual(nodes.map((_, index) => index + 2));
    expect(nodes.slice(1).map(({ previousHash }) => previousHash)).toEqual(nodes.slice(0, -1).map(({ hash }) => hash));
  });

  it('shows its actions newest first, page by page, and by status', async () => {
    const later = idOf(await house.propose({ idempotencyKey: 'later' }, { ...order, note: null }));
    const list = (args: string) =>
      house.ask<{ actions: { edges: { node: { id: string }; cursor: string }[]; pageInfo: { hasNextPage: boolean } } }>(
        house.operator,
        `{ actions${args} { edges { node { id } cursor } pageInfo { hasNextPage } } }`,
      );
    const { actions } = await list('(first: 1)');
    expect(actions).toMatchObject({ edges: [{ node: { id: later } }], pageInfo: { hasNextPage: true } });
    const undone = await list('(status: UNDONE)');
    expect(undone.actions.edges.map(({ node }) => node.id)).toEqual([id]);
    const next = await list(`(after: "${actions.edges[0]?.cursor}")`);
    expect(next.actions.edges).toHaveLength(2);
  });
});
