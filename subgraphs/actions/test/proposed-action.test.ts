import { GraphClient, newId, readObject, type UserProblem } from '@countersign/kernel';
import { testPrincipal } from '@countersign/kernel/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ConnectorInstallation } from '../src/entities/connector-installation.ts';
import { actionTable, proposedAction } from '../src/proposed-action.ts';
import { Previews } from '../src/services/previews.ts';
import { Proposals } from '../src/services/proposals.ts';
import type { CallTool } from '../src/services/tool-calls.ts';
import type { KnownTool } from '../src/services/tool-catalogue.ts';
import { Ground } from './ground.ts';

describe('an action as policies see it', () => {
  let ground: Ground;
  let proposals: Proposals;
  /** What happens while the tool says what would change. */
  let onPreview: () => Promise<unknown> = async () => {};

  beforeAll(async () => {
    ground = await Ground.open();
    const { database, kernel } = ground.subgraphs;
    const call = async () => {
      await onPreview();
      return { summary: 'Pays.', changes: [], costUsd: 0.00011 };
    };
    // Previews are all that is asked for.
    const previews = new Previews({ database, call: call as unknown as CallTool, callTimeoutMs: 1_000 });
    proposals = new Proposals({
      database,
      access: kernel.access,
      graph: new GraphClient(),
      log: ground.log,
      previews,
      crash: () => {},
    });
    await ground.within(async (em) => {
      const installation = { id: newId(), connector: 'pay', version: '1.0.0', config: {}, updatedAt: new Date() };
      em.persist(em.create(ConnectorInstallation, { ...installation, tenantId: ground.tenant }));
    });
  });
  afterEach(async () => {
    onPreview = async () => {};
    await ground.publish();
  });
  afterAll(() => ground.close());

  const manifest = {
    name: 'transfer',
    title: 'Transfer money',
    risk: 'HIGH',
    reversibility: 'IRREVERSIBLE',
    dataClass: 'PII',
    amount: { value: '/total', currency: '/currency' },
    inputSchema: {
      type: 'object',
      properties: { total: { type: ['string', 'number'] }, currency: { type: 'string' } },
    },
  };
  // As much of a tool as a proposal looks at.
  const tool = {
    name: 'pay.transfer',
    manifest,
    connector: { manifest: { name: 'pay', version: '1.0.0' } },
  } as unknown as KnownTool;
  const options = { idempotencyKey: null, evidence: [], workflow: 'month end', surface: 'api' };
  const propose = (input: Record<string, string | number>, who = ground.someone(), more: object = {}) =>
    proposals.propose(tool, input, { ...options, ...more }, ground.context(who));

  it('is what was asked for, and who its maker was when it was', async () => {
    const maker = ground.someone({
      kind: 'api_key',
      person: newId(),
      roles: ['operator', 'night'],
      groups: ['ward'],
      attributes: { department: 'ward', clearance: 3 },
    });
    const { id } = await propose({ total: '12.50', currency: 'EUR' }, maker);
    expect((await ground.seen(id)).attributes).toEqual({
      tool: 'pay.transfer',
      connector: 'pay',
      risk: 'HIGH',
      dataClass: 'PII',
      status: 'AWAITING_APPROVAL',
      makerId: maker.id,
      makerPerson: maker.person,
      editors: [],
      makerGroups: ['ward'],
      makerRoles: ['operator', 'night'],
      makerDepartment: 'ward',
      reversible: false,
      amount: '12.50',
      currency: 'EUR',
      costUsd: '0.0002',
      workflow: 'month end',
      surface: 'api',
    });
  });

  it('lacks what nobody said', async () => {
    const maker = ground.someone({ kind: 'service', id: 'import', roles: [], attributes: { department: 7 } });
    const { attributes } = await ground.seen(await ground.lay({ maker }));
    expect(attributes).toMatchObject({ makerPerson: '', makerGroups: [], makerRoles: [] });
    for (const name of ['makerDepartment', 'amount', 'currency', 'costUsd', 'workflow', 'surface']) {
      expect(attributes).not.toHaveProperty(name);
    }
  });

  it('has a column for each attribute, as lists need it', () => {
    const declared = proposedAction.attributes.map(({ name, type, required }) => [name, { type, nullable: !required }]);
    const columns = Object.entries(actionTable.columns).map(([name, { type, nullable }]) => [name, { type, nullable }]);
    expect(columns).toEqual(declared);
  });

  it('is nothing to another tenant', async () => {
    const id = await ground.lay();
    const stranger = testPrincipal();
    const read = ground.subgraphs.database.read(stranger, (em) => readObject(em, { type: 'ProposedAction', id }));
    expect(await read).toBeNull();
  });

  it('is not proposed with an amount that no limit could be held against', async () => {
    const refused: UserProblem = await propose({ total: '12,50' }).catch((error) => error);
    expect(refused.errors).toMatchObject([{ code: 'AMOUNT_INVALID', path: ['input', 'total'] }]);
  });

  it('is not proposed by somebody who lost leave to while the tool was asked', async () => {
    const who = await ground.known(['tool:pay.transfer:propose']);
    onPreview = () => ground.grant(who, []);
    await expect(propose({ total: '1' }, who)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    onPreview = async () => {};
    await ground.grant(who, ['tool:pay.transfer:propose']);
    expect((await propose({ total: '1' }, who)).status).toBe('AWAITING_APPROVAL');
  });

  it('is not given to another who happens on its idempotency key, if it is hidden from them', async () => {
    const maker = ground.someone();
    const { id } = await propose({ total: '5' }, maker, { idempotencyKey: 'rent' });
    const again = (who = maker) => propose({ total: '5' }, who, { idempotencyKey: 'rent' });
    expect((await again(ground.someone())).id).toBe(id);
    await ground.publish('forbid (principal, action == Action::"actions:action:read", resource);');
    expect((await again()).id).toBe(id);
    const refused: UserProblem = await again(ground.someone()).catch((error) => error);
    expect(refused.errors).toMatchObject([{ code: 'IDEMPOTENCY_CONFLICT', params: {} }]);
    expect(JSON.stringify(refused.errors)).not.toContain(id);
  });
});
