import { decisionContext, type Principal, readObject, tenantId } from '@countersign/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type IsolationHouse, openIsolationHouse } from './isolation/house.ts';
import { actionPolicy, documentPolicy } from './isolation/random-policies.ts';
import { makers, makeTwin, type Twin } from './isolation/twins.ts';

const runs = 25;

/** Everybody that policies tell apart. */
const somebody = fc.record({
  kind: fc.constantFrom<Principal['kind']>('user', 'user', 'api_key', 'connector'),
  id: fc.constantFrom(...makers, '01990000-0000-7000-8000-000000000009'),
  person: fc.constantFrom(makers[0], undefined),
  roles: fc.subarray(['staff', 'chief', 'porter']),
  groups: fc.subarray(['night', 'day']),
  permissions: fc.subarray([
    'knowledge:document:read',
    'actions:action:read',
    'actions:log:read',
    'knowledge:document:administer',
  ]),
  attributes: fc.record(
    { clearance: fc.integer({ min: 0, max: 3 }), department: fc.constantFrom('icu', 'surgery') },
    { requiredKeys: [] },
  ),
});

/** Shield at the way in, the list's filter, the search's, and row-level security say the same of every object. */
describe('whichever way one asks', () => {
  let house: IsolationHouse;
  let acme: Twin;
  let globex: Twin;
  beforeAll(async () => {
    house = await openIsolationHouse();
    acme = await makeTwin(house, 'acme');
    globex = await makeTwin(house, 'globex');
  }, 120_000);
  afterAll(() => house?.close());

  type Drawn = typeof somebody extends fc.Arbitrary<infer T> ? T : never;
  const of = ({ id }: Twin, drawn: Drawn): Principal => ({ ...drawn, tenantId: tenantId(id) });

  /** The data; nothing where the caller may not even ask. */
  const ask = async (who: Principal, query: string, variables: object = {}, where?: string): Promise<object | null> => {
    const { result } = await house.ask(who, { query, variables: { ...variables } }, where);
    for (const { message, extensions } of result.errors ?? []) {
      if (extensions?.code !== 'FORBIDDEN') throw new Error(`${extensions?.code}: ${message}`);
    }
    return result.data ?? null;
  };

  type Page = {
    edges: { node: { id: string; document?: { id: string } } }[];
    pageInfo: { hasNextPage: boolean; endCursor: string };
  };

  /** All ids of a list, read in small pages, each of them full but the last. */
  const inPages = async (who: Principal, list: 'documents' | 'actions'): Promise<string[]> => {
    const query = `query ($after: String) { list: ${list}(first: 3, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } } }`;
    const ids: string[] = [];
    for (let after: string | null = null; ; ) {
      const data = (await ask(who, query, { after })) as { list: Page } | null; // The query says so.
      if (!data) return ids;
      const { edges, pageInfo } = data.list;
      ids.push(...edges.map(({ node }) => node.id));
      if (!pageInfo.hasNextPage) return ids;
      expect(edges).toHaveLength(3);
      after = pageInfo.endCursor;
    }
  };

  const singly = async (who: Principal, field: 'document' | 'action', ids: readonly string[]): Promise<string[]> => {
    const data = await ask(who, `{ ${ids.map((id, at) => `a${at}: ${field}(id: "${id}") { id }`).join(' ')} }`);
    const found = Object.values(data ?? {}) as ({ id: string } | null)[];
    return found.flatMap((each) => (each ? [each.id] : []));
  };

  const byKey = async (who: Principal, type: 'Document' | 'Action', ids: readonly string[]): Promise<string[]> => {
    const query = `query ($keys: [_Any!]!) { _entities(representations: $keys) { ... on ${type} { id } } }`;
    const keys = ids.map((id) => ({ __typename: type, id }));
    const data = await ask(who, query, { keys }, type === 'Document' ? 'knowledge' : 'actions');
    const { _entities: found } = (data ?? { _entities: [] }) as { _entities: ({ id: string } | null)[] };
    return found.flatMap((each) => (each ? [each.id] : []));
  };

  const searched = async (who: Principal): Promise<string[]> => {
    const data = (await ask(
      who,
      '{ list: search(query: "morphine under lock", first: 100) { edges { node { id document { id } } } } }',
    )) as { list: Page } | null;
    return (data?.list.edges ?? []).flatMap(({ node }) => node.document?.id ?? []);
  };

  /** What the rules themselves say, with the product's own among them: no list, no graph. */
  const decided = (who: Principal, permission: string, type: string, ids: readonly string[]): Promise<string[]> =>
    house.database.read(who, async (em) => {
      const rules = await house.kernel.access.rulesIn(em, who.tenantId);
      const context = decisionContext(rules.access, { surface: 'test' }, new Date());
      const allowed: string[] = [];
      for (const id of ids) {
        const attributes = await readObject(em, { type, id });
        if (attributes && rules.explain(who, permission, { type, id, attributes }, context).allowed) allowed.push(id);
      }
      return allowed;
    });

  const places = (ids: readonly string[], among: readonly string[]) =>
    ids.map((id) => among.indexOf(id)).sort((a, b) => a - b);

  it('a document is there, or is not', async () => {
    let shown = 0;
    await fc.assert(
      fc.asyncProperty(
        somebody,
        fc.array(documentPolicy, { maxLength: 4 }),
        fc.array(documentPolicy, { maxLength: 2 }),
        async (drawn, policies, others) => {
          await acme.publish(policies);
          await globex.publish(others);
          for (const [own, other] of [
            [acme, globex],
            [globex, acme],
          ] as const) {
            const who = of(own, drawn);
            const all = [...own.documents, ...other.documents];
            const right = await decided(who, 'knowledge:document:read', 'Document', all);
            shown += right.length;
            const where = (ids: readonly string[]) => places(ids, all);
            expect({
              list: where(await inPages(who, 'documents')),
              singly: where(await singly(who, 'document', all)),
              byKey: where(await byKey(who, 'Document', all)),
              searched: where(await searched(who)),
            }).toEqual({ list: where(right), singly: where(right), byKey: where(right), searched: where(right) });
            expect(right.filter((id) => other.documents.includes(id))).toEqual([]);
          }
        },
      ),
      { numRuns: runs },
    );
    // Not everything is hidden, nor is nothing.
    expect(shown).toBeGreaterThan(runs);
    expect(shown).toBeLessThan(runs * 2 * acme.documents.length);
  }, 120_000);

  it('an action is there, or is not', async () => {
    let shown = 0;
    await fc.assert(
      fc.asyncProperty(
        somebody,
        fc.array(actionPolicy, { maxLength: 4 }),
        fc.array(actionPolicy, { maxLength: 2 }),
        async (drawn, policies, others) => {
          await acme.publish(policies);
          await globex.publish(others);
          for (const [own, other] of [
            [acme, globex],
            [globex, acme],
          ] as const) {
            const who = of(own, drawn);
            const all = [...own.actions, ...other.actions];
            const right = await decided(who, 'actions:action:read', 'ProposedAction', all);
            shown += right.length;
            const where = (ids: readonly string[]) => places(ids, all);
            expect({
              list: where(await inPages(who, 'actions')),
              singly: where(await singly(who, 'action', all)),
              byKey: where(await byKey(who, 'Action', all)),
            }).toEqual({ list: where(right), singly: where(right), byKey: where(right) });
            expect(right.filter((id) => other.actions.includes(id))).toEqual([]);
          }
        },
      ),
      { numRuns: runs },
    );
    expect(shown).toBeGreaterThan(runs);
    expect(shown).toBeLessThan(runs * 2 * acme.actions.length);
  }, 120_000);
});
