import { createLogger } from '@countersign/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Action } from '../src/entities/action.ts';
import { LogEntry } from '../src/entities/log-entry.ts';
import { Expiry, planTtlMs } from '../src/services/expiry.ts';
import { Leases } from '../src/services/leases.ts';
import { LogWriter } from '../src/services/log-writer.ts';
import { Settlement } from '../src/services/settlement.ts';
import { Ground } from './ground.ts';

describe('time runs out', () => {
  let ground: Ground;
  let now = new Date();
  let expiry: Expiry;

  beforeAll(async () => {
    ground = await Ground.open();
    const { database } = ground.subgraphs;
    const log = new LogWriter(() => now);
    const settlement = new Settlement(log, new Leases({ leaseMs: 30_000, alone: true }));
    expiry = new Expiry({ database, log, logger: createLogger('silent'), settlement });
  });
  afterAll(() => ground.close());

  const laid = async (status: Action['status']): Promise<{ id: string; endsAt: number }> => {
    const id = await ground.lay({ status });
    const { expiresAt } = await ground.within((em) => em.findOneOrFail(Action, { id }));
    return { id, endsAt: expiresAt?.getTime() ?? Number.NaN };
  };

  it('for what was not begun a week after it was planned, to the millisecond', async () => {
    const { id, endsAt } = await laid('APPROVED');
    const { createdAt } = await ground.within((em) => em.findOneOrFail(Action, { id }));
    expect(endsAt).toBe(createdAt.getTime() + planTtlMs);
    now = new Date(endsAt - 1);
    await expiry.expireDue();
    expect(await ground.status(id)).toBe('APPROVED');
    now = new Date(endsAt);
    await expiry.expireDue();
    expect(await ground.status(id)).toBe('EXPIRED');
    const [last] = await ground.within((em) =>
      em.find(LogEntry, { actionId: id }, { orderBy: { id: 'desc' }, limit: 1 }),
    );
    expect(last).toMatchObject({
      kind: 'EXPIRY',
      facts: { from: 'APPROVED' },
      principal: { kind: 'service', id: 'actions.expiry' },
    });
    await expiry.expireDue();
    expect(await ground.within((em) => em.count(LogEntry, { actionId: id, kind: 'EXPIRY' }))).toBe(1);
  });

  it.each(['AWAITING_APPROVAL', 'STALE', 'FAILED'] as const)('for what is %s', async (status) => {
    const { id, endsAt } = await laid(status);
    now = new Date(endsAt);
    await expiry.expireDue();
    expect(await ground.status(id)).toBe('EXPIRED');
  });

  it.each(['EXECUTING', 'UNKNOWN', 'SUBMITTED', 'SUCCEEDED', 'REJECTED', 'UNDOING'] as const)(
    'not for what is %s',
    async (status) => {
      const { id, endsAt } = await laid(status);
      now = new Date(endsAt + 1);
      await expiry.expireDue();
      expect(await ground.status(id)).toBe(status);
    },
  );
});
