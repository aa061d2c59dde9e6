import { setTimeout as sleep } from 'node:timers/promises';
import { testPrincipal } from '@countersign/kernel/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { codesOf, type House } from './house.ts';
import { NotesHouse } from './notes-house.ts';
import { Pinboard } from './pinboard.ts';

const tool = 'notes.addNote';

interface View {
  id: string;
  status: string;
  attempts: number;
  retryAt: string | null;
  deadAt: string | null;
  waitingSince: string | null;
}

describe('what is tried again', () => {
  let notes: NotesHouse;
  let house: House;
  let board: Pinboard;

  beforeAll(async () => {
    const retries = { failures: 1_000, firstPauseMs: 100, longestPauseMs: 200 };
    notes = await NotesHouse.open({ retries });
    house = notes.house;
    board = await Pinboard.open();
    await house.configure({ baseUrl: board.url }, house.admin, 'notes');
    await gate('Nobody need be asked', { noApproval: true });
  });
  afterEach(async () => {
    Object.assign(board, { mode: 'well', slowMs: 0 });
    await mutate('resumeActions', { tool });
    await setLevel(null);
  });
  afterAll(async () => {
    await notes.close();
    await board.close();
  });

  const mutate = async (name: string, input: object, shown = '', who = house.admin): Promise<Mutated> => {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${name}(input: $input) { ${shown} userErrors { code } } }`;
    const data = await house.ask<Record<string, Mutated>>(who, query, { input: { reason: 'We talked.', ...input } });
    const answer = data[name] as Mutated; // The one field asked for.
    if (answer.userErrors.length > 0) throw new Error(JSON.stringify(answer));
    return answer;
  };
  interface Mutated {
    gate?: { id: string };
    userErrors: { code: string }[];
  }
  const gate = async (name: string, more: object): Promise<string> => {
    const answer = await mutate('setActionGate', { name, gate: { tools: ['notes.*'], ...more } }, 'gate { id }');
    return answer.gate?.id ?? '';
  };
  const setLevel = (level: string | null) => mutate('setAutonomy', { tool, level });
  const promote = async (): Promise<void> => {
    for (let { level } = await notes.report(); level !== 'UNATTENDED'; { level } = await notes.report()) {
      const id = await added();
      await house.execute(id);
      await notes.again(id, 80);
      await house.execute(await added());
      const { proposal } = await notes.report();
      if (proposal) await mutate('decideAutonomyPromotion', { proposalId: proposal.id, accept: true });
    }
  };
  const added = async (who = house.operator): Promise<string> => {
    const { action, userErrors } = await notes.add('Milk.', who);
    if (!action) throw new Error(JSON.stringify(userErrors));
    return action.id;
  };
  const seen = async (id: string): Promise<View> => {
    const query = 'query ($id: ID!) { action(id: $id) { id status attempts retryAt deadAt waitingSince } }';
    return (await house.ask<{ action: View }>(house.admin, query, { id })).action;
  };
  const until = async (id: string, holds: (action: View) => boolean): Promise<View> => {
    for (let left = 200; left > 0; left -= 1) {
      const action = await seen(id);
      if (holds(action)) return action;
      await sleep(50);
    }
    throw new Error(`It came to ${JSON.stringify(await seen(id))}.`);
  };
  const lastEntry = async (id: string): Promise<{ kind: string; facts: object } | undefined> => {
    const query = 'query ($id: ID) { decisionLog(actionId: $id, first: 100) { edges { node { kind facts } } } }';
    type Log = { decisionLog: { edges: { node: { kind: string; facts: object } }[] } };
    return (await house.ask<Log>(house.auditor, query, { id })).decisionLog.edges.at(-1)?.node;
  };

  describe('and was begun with no click', () => {
    beforeAll(promote);

    const begun = (mode: Pinboard['mode']) => {
      board.mode = mode;
      return added();
    };

    it('goes on by itself while its tool goes unattended', async () => {
      const id = await begun('busy');
      expect(await seen(id)).toMatchObject({ status: 'FAILED', deadAt: null });
      board.mode = 'well';
      await until(id, ({ status }) => status === 'SUCCEEDED');
    });

    it.each(['ONE_CLICK', 'SUGGEST'])('takes a click once its tool is at %s: it is given to people', async (level) => {
      const id = await begun('busy');
      await setLevel(level);
      expect(await until(id, ({ deadAt }) => deadAt !== null)).toMatchObject({ status: 'FAILED', retryAt: null });
      expect(await lastEntry(id)).toMatchObject({
        kind: 'DEAD_LETTER',
        facts: { state: 'GIVEN_UP', because: 'NOT_UNATTENDED' },
      });
      board.mode = 'well';
      await sleep(1_000);
      expect(board.notes).not.toContain(id);
      if (level === 'SUGGEST') return;
      // Clicked, it is tried again like anything else, as often as it takes.
      board.mode = 'busy';
      await mutate('requeueAction', { actionId: id }, '', house.operator);
      const { attempts } = await seen(id);
      await until(id, (action) => action.attempts > attempts + 1);
      board.mode = 'well';
      await until(id, ({ status }) => status === 'SUCCEEDED');
    });

    it('is still asked about where it may have happened, and is found to be done', async () => {
      const id = await begun('heard');
      expect((await seen(id)).status).toBe('UNKNOWN');
      await setLevel('ONE_CLICK');
      board.mode = 'well';
      expect(await until(id, ({ status }) => status !== 'UNKNOWN')).toMatchObject({ status: 'SUCCEEDED', attempts: 1 });
    });

    it('is not done again where it is found not to have happened', async () => {
      const id = await begun('lost');
      expect((await seen(id)).status).toBe('UNKNOWN');
      await setLevel('ONE_CLICK');
      board.mode = 'well';
      expect(await until(id, ({ deadAt }) => deadAt !== null)).toMatchObject({ status: 'FAILED', attempts: 1 });
      expect(board.notes).not.toContain(id);
    });

    it('is not done where its process ended before it was, and somebody has to click by now', async () => {
      const id = await begun('lost');
      await setLevel('ONE_CLICK');
      board.mode = 'well';
      await within(
        `update actions.action set status = 'EXECUTING', lease_owner = 'a process that is gone', attempts = 1,
           lease_until = now() + interval '1 hour', fence = fence + 1 where id = '${id}'`,
      );
      expect(await until(id, ({ deadAt }) => deadAt !== null)).toMatchObject({ status: 'FAILED', attempts: 1 });
      expect(board.notes).not.toContain(id);
    });
  });

  describe('and whose outcome is not known, when somebody asks for it', () => {
    /** Set off by a click, with no answer; nobody goes on with it but the tests. */
    const unknown = async (mode: 'lost' | 'heard' = 'lost'): Promise<string> => {
      await setLevel('ONE_CLICK');
      board.mode = mode;
      const id = await added();
      expect((await house.execute(id)).action?.status).toBe('UNKNOWN');
      await within(`update actions.action set lease_until = now() + interval '1 hour' where id = '${id}'`);
      board.mode = 'well';
      return id;
    };
    const freeze = { freezes: [{ from: '2026-01-01T00:00:00Z', until: '2099-01-01T00:00:00Z', reason: 'Year end' }] };
    /** Nothing was done, and it is known. */
    const expectNotDone = async (id: string) => {
      expect(await seen(id)).toMatchObject({ status: 'FAILED', attempts: 1 });
      expect(board.notes).not.toContain(id);
    };

    it.each([
      ['a freeze has come', freeze, 'OUTSIDE_CHANGE_WINDOW'],
      ['an approval is asked for', { approvals: { count: 1 } }, 'APPROVALS_MISSING'],
      ['there is no room', { limits: [{ count: { most: 1, window: 'P1D', per: 'USER' } }] }, 'LIMIT_EXCEEDED'],
    ])('is found not to be done, and is not done where %s since', async (_what, more, code) => {
      const id = await unknown();
      const gateId = await gate('Since then', more);
      expect(codesOf(await house.execute(id))).toEqual([code]);
      await expectNotDone(id);
      await mutate('removeActionGate', { id: gateId });
      expect((await house.execute(id)).action).toMatchObject({ status: 'SUCCEEDED', attempts: 2 });
      expect(board.notes.filter((each) => each === id)).toHaveLength(1);
    });

    it('is not done by a machine where it takes a person', async () => {
      const id = await unknown();
      const { tenantId } = house.operator;
      const machine = testPrincipal({ tenantId, kind: 'api_key', permissions: ['actions:action:*'] });
      expect(codesOf(await house.execute(id, machine))).toEqual(['PERSON_REQUIRED']);
      await expectNotDone(id);
    });

    it.each([
      ['it is suspended', () => mutate('suspendActions', { tool }), 'SUSPENDED'],
      ['a freeze comes', () => gate('Just now', freeze), 'OUTSIDE_CHANGE_WINDOW'],
    ])('is not done where %s while the other side is asked', async (_what, stop, code) => {
      const id = await unknown();
      board.slowMs = 1_500;
      const before = board.asked;
      const answer = house.execute(id);
      for (let left = 100; board.asked === before && left > 0; left -= 1) await sleep(20);
      const stopped = await stop();
      expect(codesOf(await answer)).toEqual([code]);
      await expectNotDone(id);
      if (typeof stopped === 'string') await mutate('removeActionGate', { id: stopped });
    });

    it('is known to be done all the same, whatever gates say', async () => {
      const id = await unknown('heard');
      const gateId = await gate('Too late', freeze);
      expect((await house.execute(id)).action).toMatchObject({ status: 'SUCCEEDED', attempts: 1 });
      await mutate('removeActionGate', { id: gateId });
    });
  });

  describe('and waits, begun with no click, for what is sick', () => {
    it.each(['ONE_CLICK', 'SUGGEST'])('waits no more once its tool is at %s', async (level) => {
      await within(
        `insert into actions.connector_health values (gen_random_uuid(), '${house.operator.tenantId}', 'notes', '${tool}',
           'OPEN', false, true, 'TIMEOUT', 5, 0, now(), now() + interval '1 hour')
         on conflict (tenant_id, tool) do update set state = 'OPEN', writes_fail = true, next_probe_at = now() + interval '1 hour'`,
      );
      const id = await heldUp();
      await setLevel(level);
      await within("update actions.connector_health set state = 'CLOSED'");
      expect(await until(id, ({ waitingSince }) => waitingSince === null)).toMatchObject({
        status: 'APPROVED',
        attempts: 0,
      });
      expect(await lastEntry(id)).toMatchObject({ kind: 'WAITING', facts: { state: 'ENDED', code: 'NOT_UNATTENDED' } });
      expect(board.notes).not.toContain(id);
    });
    /** Once this process has heard that the tool is sick. */
    const heldUp = async (): Promise<string> => {
      for (let left = 50; left > 0; left -= 1) {
        const id = await added();
        if ((await seen(id)).waitingSince !== null) return id;
        await sleep(100);
      }
      throw new Error('It is never held up.');
    };
  });

  const within = (sql: string): Promise<unknown> =>
    house.subgraphs.database.withTenant(house.operator, (em) => em.execute(sql));
});
