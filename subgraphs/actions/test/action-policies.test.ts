import { newId, type Principal } from '@countersign/kernel';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Ground } from './ground.ts';

const read = 'action == Action::"actions:action:read"';

describe('policies on actions', () => {
  let ground: Ground;
  beforeAll(async () => {
    ground = await Ground.open();
  });
  afterEach(() => ground.publish());
  afterAll(() => ground.close());

  const list = async (who: Principal, first = 7): Promise<{ ids: string[]; sizes: number[] }> => {
    const query = `query ($first: Int, $after: String) {
      actions(first: $first, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } }
    }`;
    const ids: string[] = [];
    const sizes: number[] = [];
    for (let after: string | undefined; ; ) {
      const { data, errors } = await ground.ask(who, query, { first, after });
      if (errors) throw new Error(errors[0]?.message);
      const { edges, pageInfo } = data.actions;
      ids.push(...edges.map((edge: { node: { id: string } }) => edge.node.id));
      sizes.push(edges.length);
      if (!pageInfo.hasNextPage) return { ids, sizes };
      after = pageInfo.endCursor;
    }
  };

  const singly = async (who: Principal, ids: readonly string[]): Promise<string[]> => {
    const fields = ids.map((id, index) => `a${index}: action(id: "${id}") { id }`).join('\n');
    const { data, errors } = await ground.ask(who, `{ ${fields} }`);
    if (errors) throw new Error(errors[0]?.message);
    return ids.filter((_, index) => data[`a${index}`] !== null);
  };

  const asEntities = async (who: Principal, ids: readonly string[]): Promise<string[]> => {
    const query = `query ($keys: [_Any!]!) { _entities(representations: $keys) { ... on Action { id } } }`;
    const { data, errors } = await ground.ask(who, query, {
      keys: ids.map((id) => ({ __typename: 'Action', id })),
    });
    if (errors) throw new Error(errors[0]?.message);
    return ids.filter((_, index) => data._entities[index] !== null);
  };

  describe('a list', () => {
    const policies = [
      `forbid (principal, ${read}, resource) unless { resource.makerId == principal.id };`,
      `forbid (principal, ${read}, resource) when { resource has amount && resource.amount.greaterThan(decimal("100.0")) };`,
      `forbid (principal, ${read}, resource) when { resource.amount.lessThan(decimal("50.5")) };`,
      `forbid (principal, ${read}, resource) unless { resource has makerDepartment && principal has department && resource.makerDepartment == principal.department };`,
      `forbid (principal, ${read}, resource) when { resource.makerGroups.containsAny(principal.groups) };`,
      `permit (principal, ${read}, resource) when { resource.risk == "LOW" && resource.reversible };`,
      `permit (principal in Role::"controller", ${read}, resource) when { resource.connector == "pay" };`,
      `forbid (principal, ${read}, resource) when { resource has costUsd && resource.costUsd.greaterThanOrEqual(decimal("0.0002")) };`,
      `forbid (principal in Group::"night", ${read}, resource) unless { resource has workflow && resource.workflow like "ward*" };`,
      `forbid (principal, ${read}, resource) when { resource.status == "SUCCEEDED" || resource.makerRoles.contains("admin") };`,
      `permit (principal, ${read}, resource) when { resource.makerPerson == principal.person };`,
    ];
    const names = fc.subarray(['night', 'ward', 'finance']);
    const laid = fc.record({
      groups: names,
      roles: fc.subarray(['admin', 'nurse']),
      department: fc.constantFrom('ward', 'finance', undefined),
      own: fc.boolean(),
      risk: fc.constantFrom('LOW' as const, 'HIGH' as const),
      reversibility: fc.constantFrom('REVERSIBLE' as const, 'IRREVERSIBLE' as const),
      name: fc.constantFrom('notes.add', 'pay.transfer'),
      status: fc.constantFrom('AWAITING_APPROVAL' as const, 'SUCCEEDED' as const),
      amount: fc.constantFrom(null, '100', '100.00', '100.0001', '50.5', '7'),
      costUsd: fc.constantFrom(undefined, 0, 0.00011, 12.5),
      workflow: fc.constantFrom(undefined, 'ward round', 'month end'),
    });
    const viewer = fc.record({
      groups: names,
      roles: fc.subarray(['controller', 'nurse']),
      department: fc.constantFrom('ward', 'finance', undefined),
      reads: fc.boolean(),
    });

    const plain = { groups: [], roles: [], department: undefined, reads: true };

    it('shows exactly what a single look-up shows, in full pages, whatever the policies', async () => {
      const owner = newId();
      const ids: string[] = [];
      for (const { groups, roles, department, own, ...each } of fc.sample(laid, { numRuns: 30, seed: 4 })) {
        const maker = ground.someone({ ...(own && { id: owner }), groups, roles, attributes: within(department) });
        const { risk, reversibility, name, ...more } = each;
        ids.push(await ground.lay({ ...more, maker, tool: { risk, reversibility, name } }));
      }
      const { access } = ground.subgraphs.kernel;
      const seen = new Map(await Promise.all(ids.map(async (id) => [id, await ground.seen(id)] as const)));
      const sizesFound = new Set<number>();
      await fc.assert(
        fc.asyncProperty(fc.subarray(policies, { maxLength: 3 }), viewer, async (chosen, about) => {
          await ground.publish(...chosen);
          const permissions = about.reads ? ['actions:action:read'] : ['actions:action:approve'];
          const { groups, roles, department } = about;
          const who = ground.someone({ id: owner, groups, roles, attributes: within(department), permissions });
          const rules = await ground.within((em) => access.rulesIn(em, ground.tenant));
          if (!about.reads && !rules.mayExtend('actions:action:read')) return;
          const context = { now: '2026-05-04T10:00:00Z', hour: 10, minute: 0, weekday: 1, date: '2026-05-04' };
          const expected = ids.filter((id) => {
            const object = seen.get(id);
            const at = { ...context, region: 'eu', surface: 'test' };
            return object && rules.decide(who, 'actions:action:read', object, at).allowed;
          });
          const { ids: listed, sizes } = await list(who);
          expect(listed.toReversed()).toEqual(expected);
          expect(sizes.slice(0, -1).every((size) => size === 7)).toBe(true);
          expect(await singly(who, ids)).toEqual(expected);
          expect(await asEntities(who, ids)).toEqual(expected);
          sizesFound.add(expected.length);
        }),
        {
          numRuns: 20,
          examples: [
            [[], plain],
            [policies.slice(0, 1), plain],
            [policies.slice(2, 3), plain],
          ],
        },
      );
      // The examples see to it that all, some and none of them came up.
      expect(sizesFound.size).toBeGreaterThan(2);
    });
  });

  describe('what is hidden', () => {
    const hide = (id: string) => `forbid (principal, ${read}, resource == ProposedAction::"${id}");`;
    const everything = ['*:*:*'];

    it('is refused in the very words in which what does not exist is', async () => {
      const id = await ground.lay();
      await ground.publish(hide(id));
      const who = ground.someone({ permissions: everything });
      const asked = async (actionId: string) => [
        await ground.ask(who, `{ action(id: "${actionId}") { id } }`),
        await ground.ask(who, `{ decisionLog(actionId: "${actionId}") { edges { node { id } } } }`),
      ];
      const [hidden, unknown] = [await asked(id), await asked(newId())];
      expect(hidden).toEqual(unknown);
      expect(hidden[0]).toEqual({ data: { action: null } });
      expect(hidden[1]?.errors?.[0]?.extensions?.code).toBe('NOT_FOUND');

      await ground.publish(
        `forbid (principal, action in [Action::"actions:action:read", Action::"actions:action:approve",
           Action::"actions:action:execute", Action::"actions:action:undo"], resource);`,
      );
      for (const [field, input] of [
        ['approveAction', 'actionId: $id'],
        ['rejectAction', 'actionId: $id'],
        ['executeAction', 'actionId: $id'],
        ['undoAction', 'actionId: $id, reason: "x"'],
      ]) {
        const mutation = `mutation ($id: ID!) { ${field}(input: { ${input} }) { userErrors { code } } }`;
        const [refused, missing] = [
          await ground.ask(who, mutation, { id }),
          await ground.ask(who, mutation, { id: newId() }),
        ];
        expect(refused).toEqual(missing);
        expect(refused.errors?.[0]?.extensions).toEqual({ code: 'NOT_FOUND' });
      }
    });

    it('is not linked to, neither from what it undoes nor from what undid it', async () => {
      const first = await ground.lay({ status: 'UNDONE' });
      const undo = await ground.lay({ status: 'SUCCEEDED', undoOfId: first });
      const who = ground.someone({ permissions: everything });
      const links = async (id: string) =>
        (await ground.ask(who, `{ action(id: "${id}") { undo { id undoOf { id } } undoOf { id undo { id } } } }`)).data
          .action;
      expect(await links(first)).toEqual({ undo: { id: undo, undoOf: { id: first } }, undoOf: null });
      await ground.publish(hide(undo));
      expect(await links(first)).toEqual({ undo: null, undoOf: null });
      await ground.publish(hide(first));
      expect(await links(undo)).toEqual({ undo: null, undoOf: null });
    });

    it('is not in the log, whose pages are verified all the same', async () => {
      const hidden = [await ground.lay(), await ground.lay()];
      const shown = await ground.lay();
      await ground.within(async (em) =>
        ground.log.appendGeneral(em, ground.context(ground.someone()), 'CONFIGURATION', { facts: { subject: 'test' } }),
      );
      await ground.publish(...hidden.map(hide));
      const log = async (who: Principal) => {
        const query = '{ decisionLog(first: 100) { verified edges { node { kind actionId } } } }';
        for (let left = 60; left > 0; left -= 1) {
          const { decisionLog } = (await ground.ask(who, query)).data;
          if (decisionLog.verified) {
            const entries: { kind: string; actionId: string | null }[] = decisionLog.edges.map(
              (edge: { node: object }) => edge.node,
            );
            return { actions: entries.map(({ actionId }) => actionId), kinds: entries.map(({ kind }) => kind) };
          }
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        throw new Error('The log is not verified.');
      };
      const seen = await log(ground.someone({ permissions: everything }));
      expect(seen.actions).toContain(shown);
      expect(seen.actions).not.toEqual(expect.arrayContaining([hidden[0]]));
      expect(seen.actions).not.toEqual(expect.arrayContaining([hidden[1]]));
      expect(seen.kinds).toContain('CONFIGURATION');
      const blind = await log(ground.someone({ permissions: ['actions:log:read'] }));
      expect(new Set(blind.actions)).toEqual(new Set([null]));
    });
  });
});

const within = (department: string | undefined): Principal['attributes'] => (department ? { department } : {});
