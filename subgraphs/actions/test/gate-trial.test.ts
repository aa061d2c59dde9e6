import { type EntityManager, newId, type Principal, UserProblem } from '@countersign/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Action } from '../src/entities/action.ts';
import { ActionGate } from '../src/entities/action-gate.ts';
import { askedOf, insistRoom } from '../src/services/gate-keeper.ts';
import { GateTrial } from '../src/services/gate-trial.ts';
import { type KnownTool, measured } from '../src/services/tool-catalogue.ts';
import { Ground } from './ground.ts';

const rolling = (per: 'TENANT' | 'USER' | 'TOOL') => ({ window: 'P1D', per });
const gates: Record<string, ActionGate['definition']> = {
  Payments: {
    tools: ['pay.*'],
    limits: [
      { sum: { most: '100.00', currency: 'EUR', ...rolling('USER') } },
      { count: { most: 3, ...rolling('TOOL') } },
      { amount: { perAction: '80.00', currency: 'EUR' } },
    ],
  },
  'What is risky': { tools: ['*'], minRisk: 'HIGH', limits: [{ count: { most: 4, ...rolling('TENANT') } }] },
};

/** As much of a tool as gates look at. */
const toolNamed = (name: string, risk: 'LOW' | 'HIGH'): KnownTool =>
  ({ name, manifest: { risk, reversibility: 'REVERSIBLE' } }) as KnownTool;
const tools = [toolNamed('pay.transfer', 'HIGH'), toolNamed('pay.refund', 'LOW'), toolNamed('notes.burn', 'HIGH')];

interface Step {
  readonly tool: KnownTool;
  readonly money: { readonly amount: string | null; readonly currency: string | null };
  readonly index: number;
}

describe('gates that are asked what they would answer', () => {
  let ground: Ground;
  beforeAll(async () => {
    ground = await Ground.open({ loops: false });
    await ground.within(async (em) => {
      for (const [name, definition] of Object.entries(gates)) em.persist(gateNamed(em, name, definition));
    });
  });
  afterAll(() => ground.close());

  const gateNamed = (em: EntityManager, name: string, definition: ActionGate['definition']): ActionGate =>
    em.create(ActionGate, { id: newId(), tenantId: ground.tenant, name, definition, updatedAt: new Date() });

  const tried = (maker: Principal, records: readonly (readonly Step[])[], now = new Date()) =>
    ground.within(async (em) => {
      const trial = await GateTrial.open(em, tools, { maker, now });
      return records.map((steps) => trial.ask(steps));
    });

  /** The place of the step at which each bundle would be refused; null where it would not be. */
  const simulated = async (maker: Principal, records: readonly (readonly Step[])[]): Promise<unknown[]> =>
    (await tried(maker, records)).map((answer) =>
      answer instanceof UserProblem ? answer.errors.flatMap(({ code, path }) => [code, path?.[1]]) : null,
    );

  /** The same found out by proposing one after another, what is refused as a whole. */
  const proposed = async (maker: Principal, records: readonly (readonly Step[])[]): Promise<unknown[]> => {
    const found: unknown[] = [];
    for (const steps of records) {
      const laid: string[] = [];
      let refused: unknown = null;
      for (const step of steps) {
        const code = await refusalOf(maker, step);
        if (code !== null) {
          refused = [code, String(step.index)];
          await end(laid);
          break;
        }
        const { manifest, name } = step.tool;
        laid.push(await ground.lay({ maker, tool: { name, risk: manifest.risk }, ...step.money }));
      }
      found.push(refused);
    }
    return found;
  };
  const refusalOf = (maker: Principal, { tool, money }: Step): Promise<string | null> =>
    ground.within(async (em) => {
      const action = { id: newId(), tool: tool.name, makerId: maker.id, makerPerson: maker.id, ...money };
      try {
        await insistRoom(em, await askedOf(em, measured(tool)), action, { now: new Date(), path: ['input'] });
        return null;
      } catch (error) {
        if (error instanceof UserProblem) return error.errors[0]?.code ?? '';
        throw error;
      }
    });
  const end = (ids: readonly string[] | 'all') =>
    ground.within((em) =>
      em.nativeUpdate(Action, ids === 'all' ? {} : { id: { $in: [...ids] } }, { status: 'REJECTED' }),
    );

  const money = fc.constantFrom(
    { amount: '30.00', currency: 'EUR' },
    { amount: '-45.5', currency: 'EUR' },
    { amount: '80.01', currency: 'EUR' },
    { amount: '10', currency: 'USD' },
    { amount: null, currency: null },
  );
  const record = fc
    .array(fc.record({ tool: fc.constantFrom(...tools), money }), { minLength: 1, maxLength: 3 })
    .map((steps) => steps.map((step, index) => ({ ...step, index })));

  it('say what they would say if all were proposed one after another, and hold nothing', async () => {
    const sizes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 4 }), async (records) => {
        const maker = ground.someone();
        const first = await simulated(maker, records);
        expect(await simulated(maker, records)).toEqual(first);
        expect(first).toEqual(await proposed(maker, records));
        await end('all');
        for (const each of first) sizes.add(JSON.stringify(each));
      }),
      { numRuns: 12, seed: 7 },
    );
    expect(sizes.size).toBeGreaterThan(2);
  });

  it('count what is held already, and give back what a refused bundle held before', async () => {
    const maker = ground.someone();
    await ground.lay({ maker, tool: { name: 'pay.refund', risk: 'LOW' }, amount: '40', currency: 'EUR' });
    const pay = (...amounts: string[]): Step[] =>
      amounts.map((amount, index) => ({
        tool: toolNamed('pay.refund', 'LOW'),
        money: { amount, currency: 'EUR' },
        index,
      }));
    expect(await simulated(maker, [pay('30', '40'), pay('50'), pay('20')])).toEqual([
      ['LIMIT_EXCEEDED', '1'],
      null,
      ['LIMIT_EXCEEDED', '0'],
    ]);
    await end('all');
  });

  it('name who would have to approve, and what keeps it from being done now', async () => {
    const freeze = { from: '2026-07-01T00:00:00Z', until: '2026-07-02T00:00:00Z', reason: 'Month end' };
    const definition = { tools: ['notes.*'], approvals: { count: 2, byRoles: ['chief'] }, freezes: [freeze] };
    const id = await ground.within(async (em) => {
      const gate = gateNamed(em, 'Fire', definition);
      em.persist(gate);
      return gate.id;
    });
    const steps = [tools[1], tools[2]].flatMap((tool, index) =>
      tool ? [{ tool, money: { amount: null, currency: null }, index }] : [],
    );
    const [during] = await tried(ground.someone(), [steps], new Date('2026-07-01T08:00:00Z'));
    expect(during).toEqual({
      approvals: [
        'One approval is needed: whoever proposes an action does not approve it.',
        'Two approvals are needed, one from the role chief: the gate "Fire".',
      ],
      closed: ['It cannot be executed before 2026-07-02T00:00:00.000Z, because of "Month end": the gate "Fire".'],
    });
    const [after] = await tried(ground.someone(), [steps], new Date('2026-07-02T00:00:00Z'));
    expect(after).toMatchObject({ closed: [] });
    await ground.within((em) => em.nativeDelete(ActionGate, { id }));
  });
});
