import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { House, idOf } from './house.ts';

interface Page {
  verified: boolean;
  edges: { node: { seq: number | null; kind: string; values: Record<string, unknown> }; cursor: string }[];
  pageInfo: { hasNextPage: boolean; endCursor: string };
}

describe('the decision log', () => {
  let house: House;
  let id: string;

  beforeAll(async () => {
    house = await House.open();
    id = await house.approved();
    await house.execute(id);
  });
  afterAll(() => house.close());

  const read = async (variables: { id?: string; first?: number; after?: string }, who = house.auditor) => {
    const query = `query ($id: ID, $first: Int, $after: String) {
      decisionLog(actionId: $id, first: $first, after: $after) {
        verified edges { node { seq kind values } cursor } pageInfo { hasNextPage endCursor }
      }
    }`;
    return (await house.ask<{ decisionLog: Page }>(who, query, variables)).decisionLog;
  };

  const sealed = async (action = id): Promise<Page> => {
    for (let left = 40; left > 0; left -= 1) {
      const page = await read({ id: action });
      if (page.verified) return page;
      await sleep(50);
    }
    throw new Error('The log is not verified.');
  };

  it('is sealed within a second, and verified then', async () => {
    const page = await sealed();
    expect(page.edges.map(({ node }) => node.seq)).toEqual(page.edges.map((_, index) => index + 2));
  });

  it('is read page by page, each verified', async () => {
    await sealed();
    const kinds: string[] = [];
    let after: string | undefined;
    do {
      const page: Page = await read({ first: 3, after });
      expect(page.verified).toBe(true);
      kinds.push(...page.edges.map(({ node }) => node.kind));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : undefined;
    } while (after);
    const ofAction = await read({ id });
    expect(kinds).toEqual(['CONFIGURATION', ...ofAction.edges.map(({ node }) => node.kind)]);
    const second = await read({ id, first: 2, after: ofAction.edges[1]?.cursor });
    expect(second.edges.map(({ node }) => node.kind)).toEqual(ofAction.edges.slice(2, 4).map(({ node }) => node.kind));
  });

  it("is a tenant's own", async () => {
    const query = 'query ($id: ID) { decisionLog(actionId: $id) { verified } }';
    expect(await house.refusal(house.stranger, query, { id })).toBe('NOT_FOUND');
    expect((await read({}, house.stranger)).edges).toEqual([]);
    expect(await house.refusal(house.operator, query, { id })).toBe('FORBIDDEN');
  });

  it('cannot be changed by the application, nor sealed by it', async () => {
    const { database } = house.subgraphs;
    const attempt = (sql: string) => database.withTenant(house.operator, (em) => em.execute(sql));
    await expect(attempt("update actions.log_entry set kind = 'OUTCOME'")).rejects.toThrow('permission denied');
    await expect(attempt('delete from actions.log_entry')).rejects.toThrow('permission denied');
    await expect(attempt('update actions.log_head set seq = 0')).rejects.toThrow('permission denied');
    await expect(
      attempt(`insert into actions.log_entry select '00000000-0000-7000-8000-000000000000', tenant_id, format, action_id, kind,
        occurred_at, principal, correlation_id, workflow, surface, facts, entry_values, salts, value_digests,
        previous_of_action, 1000, content_digest, previous_hash, hash from actions.log_entry limit 1`),
    ).rejects.toThrow('row-level security');
    await expect(database.asRole('worker', (em) => em.execute('select input from actions.action'))).rejects.toThrow(
      'permission denied',
    );
  });

  it('shows that it was tampered with', async () => {
    const other = idOf(await house.propose());
    await sealed(other);
    const { backend } = house.subgraphs.database;
    if (backend.kind !== 'pglite') throw new Error('This test reaches round the application.');
    const tamper = (facts: string) =>
      backend.turnstile.run(() =>
        backend.pglite.exec(
          `update actions.log_entry set facts = facts || '${facts}' where action_id = '${other}' and kind = 'POLICY'`,
        ),
      );
    await tamper('{"decision": "PERMIT"}');
    expect((await read({ id: other })).verified).toBe(false);
    expect((await read({})).verified).toBe(false);
    await tamper('{"decision": "REQUIRE_APPROVAL"}');
    expect((await read({ id: other })).verified).toBe(true);
    expect((await read({ id })).verified).toBe(true);
  });
});

describe('actions asked for by their keys', () => {
  let house: House;

  beforeAll(async () => {
    house = await House.open();
  });
  afterAll(() => house.close());

  it('take as many statements for many as for one', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.push(idOf(await house.propose()));
    const { backend } = house.subgraphs.database;
    if (backend.kind !== 'pglite') throw new Error('This test counts the statements of the embedded database.');
    const { pglite } = backend;
    const exec = pglite.exec.bind(pglite);
    const statements: string[] = [];
    pglite.exec = (sql, options) => {
      // The loops of the house look around in between, as other roles.
      if (sql.includes('"actions"."action"') || sql.includes('"evidence"') || sql.includes('"approval"'))
        statements.push(sql);
      return exec(sql, options);
    };
    const ask = async (keys: string[]) => {
      statements.length = 0;
      const representations = keys.map((id) => ({ __typename: 'Action', id }));
      const query =
        'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Action { id status evidence { quote } } } }';
      const { _entities } = await house.ask<{ _entities: ({ id: string } | null)[] }>(house.operator, query, {
        representations,
      });
      return { found: _entities.map((entity) => entity?.id ?? null), count: statements.length };
    };
    const one = await ask(ids.slice(0, 1));
    const many = await ask([...ids, house.stranger.id]);
    expect(many.found).toEqual([...ids, null]);
    expect(many.count).toBe(one.count);
    expect(one.count).toBeGreaterThan(0);
  });
});
