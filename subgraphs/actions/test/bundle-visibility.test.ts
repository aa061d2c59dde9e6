import { newId } from '@countersign/kernel';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Bundle } from '../src/entities/bundle.ts';
import { Ground } from './ground.ts';

describe('who may not see a step of a bundle', () => {
  let ground: Ground;
  beforeAll(async () => {
    ground = await Ground.open();
  }, 200_000);
  afterEach(() => ground.publish());
  afterAll(() => ground.close());

  /** A bundle of two steps, of which the second is of high risk. */
  const lay = async (): Promise<{ id: string; steps: string[] }> => {
    const id = newId();
    const steps = [await ground.lay(), await ground.lay({ tool: { risk: 'HIGH' } })];
    await ground.within(async (em) => {
      const now = new Date();
      const nothing = { idempotencyKey: null, failedStep: null, failureCode: null, cancelledBecause: null };
      const free = { leaseOwner: null, leaseUntil: null, fence: 0, checks: 0, waiting: null, leftOver: [] };
      const made = { makerKind: 'service', makerId: 'test', workflow: null, surface: null, undoneBecause: null };
      const times = { createdAt: now, updatedAt: now, expiresAt: new Date(now.getTime() + 3_600_000) };
      const plan = { title: 'Two notes', status: 'AWAITING_APPROVAL', onFailure: 'STOP', planHash: 'a' } as const;
      const row = { id, tenantId: ground.tenant, fingerprint: 'f', correlationId: id };
      em.persist(em.create(Bundle, { ...row, ...plan, ...nothing, ...free, ...made, ...times }));
      await em.flush();
      for (const [ordinal, step] of steps.entries())
        await em.execute('update actions.action set bundle_id = ?, step_key = ?, step_ordinal = ? where id = ?', [
          id,
          `s${ordinal}`,
          ordinal,
          step,
        ]);
    });
    return { id, steps };
  };

  const query = `query ($id: ID!, $step: ID!, $keys: [_Any!]!) {
    bundle(id: $id) { id } bundles { edges { node { id } } } action(id: $step) { id bundle { id } }
    _entities(representations: $keys) { ... on Bundle { id } } }`;

  it('sees nothing of the whole, and decides nothing about it', async () => {
    const { id, steps } = await lay();
    const [step = ''] = steps;
    const who = ground.someone();
    const variables = { id, step, keys: [{ __typename: 'Bundle', id }] };
    const whole = { bundle: { id }, bundles: { edges: [{ node: { id } }] }, action: { id: step, bundle: { id } } };
    expect(await ground.ask(who, query, variables)).toEqual({ data: { ...whole, _entities: [{ id }] } });

    await ground.publish(
      'forbid (principal, action == Action::"actions:action:read", resource) when { resource.risk == "HIGH" };',
    );
    const nothing = { bundle: null, bundles: { edges: [] }, action: { id: step, bundle: null }, _entities: [null] };
    expect(await ground.ask(who, query, variables)).toEqual({ data: nothing });
    for (const field of ['approveBundle', 'rejectBundle', 'executeBundle']) {
      const { errors } = await ground.ask(who, `mutation { ${field}(input: { bundleId: "${id}" }) { bundle { id } } }`);
      expect([field, errors?.[0]?.extensions.code]).toEqual([field, 'NOT_FOUND']);
    }
  });

  it('approves nothing of it where a policy forbids one step', async () => {
    const { id, steps } = await lay();
    await ground.publish(
      'forbid (principal, action == Action::"actions:action:approve", resource) when { resource.risk == "HIGH" };',
    );
    const approve = `mutation { approveBundle(input: { bundleId: "${id}" }) { bundle { id } } }`;
    const { errors } = await ground.ask(ground.someone(), approve);
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    expect(await Promise.all(steps.map((step) => ground.status(step)))).toEqual([
      'AWAITING_APPROVAL',
      'AWAITING_APPROVAL',
    ]);
  });
});
