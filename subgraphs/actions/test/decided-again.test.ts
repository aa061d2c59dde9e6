import { newId, type Principal, type PrincipalKind, personOf } from '@countersign/kernel';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Action } from '../src/entities/action.ts';
import { ConnectorInstallation } from '../src/entities/connector-installation.ts';
import { Approvals } from '../src/services/approvals.ts';
import { Attempts } from '../src/services/attempts.ts';
import { usualLimits } from '../src/services/calls/breaker.ts';
import { Breakers } from '../src/services/calls/breakers.ts';
import { Drift } from '../src/services/drift.ts';
import type { Effects, Findings } from '../src/services/effects.ts';
import { Executions } from '../src/services/executions.ts';
import { Leases } from '../src/services/leases.ts';
import { Previews } from '../src/services/previews.ts';
import { Resumptions } from '../src/services/resumptions.ts';
import { Settlement } from '../src/services/settlement.ts';
import type { CallTool } from '../src/services/tool-calls.ts';
import { type KnownTool, ToolCatalogue } from '../src/services/tool-catalogue.ts';
import { Undos } from '../src/services/undos.ts';
import { Ground } from './ground.ts';

const approve = 'actions:action:approve';
const decision = (actionId: string, planHash: string | null = null) => ({ actionId, comment: null, planHash });

describe('what was decided before', () => {
  let ground: Ground;
  let approvals: Approvals;
  /** What the other side was asked, and what it answers. */
  const asked: string[] = [];
  let onCheck: () => Promise<unknown>;
  let executions: Executions;
  let resumptions: Resumptions;
  let undos: Undos;

  beforeAll(async () => {
    ground = await Ground.open();
    const { database, kernel } = ground.subgraphs;
    const { access } = kernel;
    const { log } = ground;
    const manifest = {
      name: 'notes',
      version: '1.0.0',
      tools: [
        {
          name: 'add',
          title: 'Add a note',
          risk: 'LOW',
          reversibility: 'REVERSIBLE',
          dataClass: 'NONE',
          operations: [],
        },
      ],
    };
    // As much of a connector as these services look at.
    const catalogue = new ToolCatalogue([{ manifest, bundle: '' } as unknown as KnownTool['connector']]);
    const nothing: Findings = { finding: { kind: 'nothing', error: null }, calls: [] };
    const outcome = { externalId: '1', output: null, summary: null, errorCode: null, errorMessage: null };
    const effects = {
      check: async () => {
        asked.push('verify');
        await onCheck();
        return nothing;
      },
      perform: async () => {
        asked.push('execute');
        return { finding: { kind: 'done', outcome }, calls: [] };
      },
    } as unknown as Effects; // Stands for the other side.
    const leases = new Leases({ leaseMs: 30_000, alone: true });
    const settlement = new Settlement(log, leases);
    approvals = new Approvals({ database, access, log, settlement, crash: () => {} });
    const breakers = new Breakers({ database, log, logger: { warn: () => {} }, limits: usualLimits, probeMs: 30_000 });
    const common = { database, access, catalogue, log, settlement, breakers };
    const look = async () => {
      asked.push('preview');
      return { summary: 'Adds a note.', changes: [] };
    };
    const previews = new Previews({ database, call: look as unknown as CallTool, callTimeoutMs: 100 });
    const drift = new Drift({ database, access, catalogue, previews, log });
    const parts = { ...common, drift, leases, crash: () => {} };
    const attempts = new Attempts({ ...parts, effects });
    executions = new Executions({ ...parts, attempts, patienceMs: 100 });
    resumptions = new Resumptions({ ...parts, attempts });
    const call = () => Promise.reject(new Error('No preview is asked for.'));
    undos = new Undos({ ...parts, attempts, executions, call, callTimeoutMs: 100 });
    await ground.within(async (em) => {
      const installation = { id: newId(), connector: 'notes', version: '1.0.0', config: {}, updatedAt: new Date() };
      em.persist(em.create(ConnectorInstallation, { ...installation, tenantId: ground.tenant }));
    });
  });
  afterEach(async () => {
    asked.length = 0;
    onCheck = async () => {};
    await ground.publish();
  });
  afterAll(() => ground.close());

  const refusal = (work: Promise<unknown>) =>
    work.then(
      () => 'let through',
      (error: { code?: string; errors?: { code: string }[] }) => error.code ?? error.errors?.[0]?.code,
    );

  describe('is decided again under the lock', () => {
    it('when somebody approves whose role was taken from them', async () => {
      const id = await ground.lay();
      const who = await ground.known([approve]);
      await ground.grant(who, ['actions:action:read']);
      expect(await refusal(approvals.approve(decision(id), ground.context(who)))).toBe('FORBIDDEN');
      expect(await refusal(approvals.reject(decision(id), ground.context(who)))).toBe('FORBIDDEN');
      expect(await ground.status(id)).toBe('AWAITING_APPROVAL');
      await ground.grant(who, [approve]);
      expect(await refusal(approvals.approve(decision(id), ground.context(who)))).toBe('let through');
    });

    it('when a policy came in between, on the action as it is by then', async () => {
      const id = await ground.lay({ amount: '100.01' });
      const small = await ground.lay({ amount: '100' });
      const who = ground.someone();
      await ground.publish(
        `forbid (principal, action == Action::"${approve}", resource)
         when { resource has amount && resource.amount.greaterThan(decimal("100.0")) };`,
      );
      expect(await refusal(approvals.approve(decision(id), ground.context(who)))).toBe('FORBIDDEN');
      expect(await refusal(approvals.approve(decision(small), ground.context(who)))).toBe('let through');
    });

    it('when somebody executes, so that nothing reaches the other side', async () => {
      const id = await ground.lay({ status: 'APPROVED' });
      const who = await ground.known(['actions:action:execute']);
      await ground.grant(who, []);
      expect(await refusal(executions.execute(id, ground.context(who)))).toBe('FORBIDDEN');
      expect(asked).toEqual([]);
      expect(await ground.status(id)).toBe('APPROVED');
      await ground.grant(who, ['actions:action:execute']);
      expect((await executions.execute(id, ground.context(who))).status).toBe('SUCCEEDED');
    });

    it('while the other side was asked what became of the first try', async () => {
      const id = await ground.lay({ status: 'FAILED' });
      const who = await ground.known(['actions:action:execute']);
      onCheck = () => ground.grant(who, []);
      expect(await refusal(executions.execute(id, ground.context(who)))).toBe('FORBIDDEN');
      expect(asked).toEqual(['verify', 'preview']);
      const left = await ground.within((em) => em.findOneOrFail(Action, { id }));
      expect(left).toMatchObject({ status: 'FAILED', leaseOwner: null });
      onCheck = () => ground.grant(who, ['actions:action:execute']);
      await ground.grant(who, ['actions:action:execute']);
      expect((await executions.execute(id, ground.context(who))).status).toBe('SUCCEEDED');
    });

    it('when somebody undoes', async () => {
      const id = await ground.lay({ status: 'SUCCEEDED' });
      const who = await ground.known(['actions:action:undo']);
      await ground.grant(who, []);
      expect(await refusal(undos.undo(id, 'Wrong.', ground.context(who)))).toBe('FORBIDDEN');
      expect(await ground.status(id)).toBe('SUCCEEDED');
      await ground.grant(who, ['actions:action:undo']);
      expect((await undos.undo(id, 'Wrong.', ground.context(who))).status).toBe('UNDONE');
    });

    it('but not when the product brings to an end what was begun', async () => {
      const id = await ground.lay({ status: 'EXECUTING' });
      await ground.publish('forbid (principal, action == Action::"actions:action:execute", resource);');
      const service: Principal = { ...ground.someone({ permissions: [] }), kind: 'service', id: 'actions.recovery' };
      await resumptions.pickUp(id, ground.context(service));
      expect(await ground.status(id)).toBe('SUCCEEDED');
    });
  });

  describe('a maker', () => {
    it('is not the checker, also not with an API key of theirs', async () => {
      const maker = ground.someone();
      const id = await ground.lay({ maker });
      const key = ground.someone({ kind: 'api_key', person: maker.id });
      const other = ground.someone({ kind: 'api_key', person: newId() });
      for (const who of [maker, key]) {
        expect(await refusal(approvals.approve(decision(id), ground.context(who)))).toBe('MAKER_IS_NOT_CHECKER');
      }
      expect(await refusal(approvals.approve(decision(id), ground.context(other)))).toBe('let through');
    });

    it('takes back what they proposed, also where a policy keeps their team from deciding on it', async () => {
      const maker = ground.someone({ groups: ['ward'] });
      const colleague = ground.someone({ groups: ['ward'] });
      const id = await ground.lay({ maker });
      await ground.publish(
        `forbid (principal, action == Action::"${approve}", resource)
         when { resource.makerGroups.containsAny(principal.groups) };`,
      );
      const reject = `mutation { rejectAction(input: { actionId: "${id}" }) { action { status } userErrors { code } } }`;
      expect((await ground.ask(colleague, reject)).errors?.[0]?.extensions).toMatchObject({
        code: 'FORBIDDEN',
        policy: { name: 'policy 1' },
      });
      expect((await ground.ask(maker, reject)).data.rejectAction).toEqual({
        action: { status: 'REJECTED' },
        userErrors: [],
      });
      const entry = await ground.ask(maker, `{ action(id: "${id}") { approvals { decision } } }`);
      expect(entry.data.action.approvals).toEqual([{ decision: 'REJECTED' }]);
    });

    it('is refused just where the built-in policy explains it, whoever they are', async () => {
      const ids = [newId(), newId(), newId()];
      const someone = fc
        .record({
          kind: fc.constantFrom<PrincipalKind>('user', 'api_key', 'service', 'platform_operator'),
          id: fc.constantFrom(...ids),
          person: fc.constantFrom(...ids, undefined),
        })
        .map(({ person, ...who }) => ground.someone({ ...who, ...(who.kind !== 'user' && { person }) }));
      const { access } = ground.subgraphs.kernel;
      const rules = await ground.within((em) => access.rulesIn(em, ground.tenant));
      const context = {
        now: '2026-05-04T10:00:00Z',
        hour: 10,
        minute: 0,
        weekday: 1,
        date: '2026-05-04',
        region: 'eu',
      };
      const found = new Set<boolean>();
      await fc.assert(
        fc.asyncProperty(someone, someone, async (maker, checker) => {
          const id = await ground.lay({ maker });
          const explained = rules.explain(checker, approve, await ground.seen(id), context);
          // On another plan than the one that stands: what lets through the checker changes nothing.
          const answer = await refusal(approvals.approve(decision(id, 'another plan'), ground.context(checker)));
          expect(answer).toBe(explained.allowed ? 'PLAN_CHANGED' : 'MAKER_IS_NOT_CHECKER');
          if (!explained.allowed) expect(explained.reasons[0]?.policyId).toBe('built-in:maker-is-not-checker');
          expect(explained.allowed).toBe(maker.id !== checker.id && !samePerson(maker, checker));
          found.add(explained.allowed);
        }),
        { numRuns: 40 },
      );
      expect(found.size).toBe(2);
    });
  });
});

const samePerson = (one: Principal, other: Principal): boolean =>
  personOf(one) !== undefined && personOf(one) === personOf(other);
