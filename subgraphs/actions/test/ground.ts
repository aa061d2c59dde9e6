import {
  changeAccess,
  type EntityManager,
  newId,
  type Principal,
  readObject,
  requestContext,
  type SeenObject,
  tenantId,
} from '@countersign/kernel';
import { startTestSubgraphs, type TestSubgraphs, testPrincipal } from '@countersign/kernel/testing';
import { Action } from '../src/entities/action.ts';
import { Approval, ApprovalDecision } from '../src/entities/approval.ts';
import { PolicyDecision } from '../src/entities/plan.ts';
import { defineActions } from '../src/index.ts';
import type { ActionStatus } from '../src/services/lifecycle/index.ts';
import { LogWriter } from '../src/services/log-writer.ts';
import { draftAction } from '../src/services/new-action.ts';
import type { KnownTool } from '../src/services/tool-catalogue.ts';

/** What is said of an action that a test lays down; the rest is as it usually is. */
export interface Laid {
  readonly maker?: Principal;
  readonly tool?: Partial<Pick<KnownTool['manifest'], 'risk' | 'reversibility' | 'dataClass' | 'amount'>> & {
    readonly name?: string;
  };
  readonly status?: ActionStatus;
  readonly amount?: string | null;
  readonly currency?: string | null;
  readonly costUsd?: number;
  readonly workflow?: string;
  readonly surface?: string;
  readonly undoOfId?: string;
}

/** What a query or mutation answers, as the tests look at it. */
// biome-ignore lint/suspicious/noExplicitAny: what is asked for is what is looked at, line by line.
export type Answer = { data?: any; errors?: readonly { message: string; extensions?: any }[] };

/** The subgraph without a connector: actions are laid down as a proposal would write them. */
export class Ground {
  readonly tenant = tenantId(newId());
  readonly log = new LogWriter(() => new Date());
  readonly subgraphs: TestSubgraphs;

  private constructor(subgraphs: TestSubgraphs) {
    this.subgraphs = subgraphs;
  }

  static async open(options: Parameters<typeof startTestSubgraphs>[1] = {}): Promise<Ground> {
    const ground = new Ground(await startTestSubgraphs([defineActions()], { loops: true, ...options }));
    await ground.asOwner(standIns);
    await ground.within((em) =>
      em.execute(`insert into kernel.access (tenant_id, region, attributes) values (?, 'eu', ?::jsonb)`, [
        ground.tenant,
        JSON.stringify([{ name: 'department', type: 'String', required: false, description: 'Department.' }]),
      ]),
    );
    return ground;
  }

  close(): Promise<void> {
    return this.subgraphs.close();
  }

  /** Somebody of the tenant; all permissions unless told. */
  someone(overrides: Partial<Principal> = {}): Principal {
    return testPrincipal({ tenantId: this.tenant, ...overrides });
  }

  /** Somebody whose grants are in the database, where they may change. */
  async known(permissions: readonly string[]): Promise<Principal> {
    const principal = this.someone({ permissions });
    await this.grant(principal, permissions);
    return { ...principal, revision: await this.#bump() };
  }

  async grant({ id }: Principal, permissions: readonly string[]): Promise<void> {
    await this.within((em) =>
      em.execute(
        `insert into kernel.held (tenant_id, id, permissions) values (?, ?, ?::jsonb)
         on conflict (id) do update set permissions = excluded.permissions`,
        [this.tenant, id, JSON.stringify(permissions)],
      ),
    );
    await this.#bump();
  }

  /** Makes these the tenant's policies, and no others. */
  async publish(...texts: string[]): Promise<void> {
    await this.within(async (em) => {
      await em.execute('delete from kernel.policy');
      for (const [index, text] of texts.entries()) {
        await em.execute('insert into kernel.policy (tenant_id, id, name, version, source) values (?, ?, ?, 1, ?)', [
          this.tenant,
          newId(),
          `policy ${index + 1}`,
          text,
        ]);
      }
    });
    await this.#bump();
  }

  within<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    return this.subgraphs.database.withTenant({ tenantId: this.tenant }, work);
  }

  async asOwner(sql: string): Promise<void> {
    const { backend } = this.subgraphs.database;
    if (backend.kind !== 'pglite') throw new Error('This test reaches round the application.');
    await backend.turnstile.run(() => backend.pglite.exec(sql));
  }

  /** Lays an action down, with its first entry in the log; answers its id. */
  lay(laid: Laid = {}): Promise<string> {
    const { maker = this.someone(), tool = {}, amount = null, currency = null, costUsd } = laid;
    const { workflow, surface, undoOfId } = laid;
    const name = tool.name ?? 'notes.add';
    const manifest = { title: 'Add a note', risk: 'LOW', reversibility: 'REVERSIBLE', dataClass: 'NONE', ...tool };
    // As much of a tool as a draft looks at.
    const known = { name, manifest, connector: { manifest: { version: '1.0.0' } } } as unknown as KnownTool;
    return this.within(async (em) => {
      const id = newId();
      const draft = {
        id,
        tool: known,
        input: {},
        preview: { summary: 'Adds a note.', changes: [], ...(costUsd !== undefined && { costUsd }) },
        policy: { decision: PolicyDecision.REQUIRE_APPROVAL, reasons: [] },
        money: { amount, currency },
        idempotencyKey: null,
        fingerprint: id,
        ...(undoOfId && { undoOfId }),
      };
      const context = { principal: maker, correlationId: id, workflow, surface };
      const action = em.create(Action, draftAction(draft, new Date(), context));
      action.status = laid.status ?? 'AWAITING_APPROVAL';
      em.persist(action);
      await em.flush();
      if (wereApproved.has(action.status)) await this.#approve(em, action);
      if (undoOfId) (await em.findOneOrFail(Action, { id: undoOfId })).undoId = id;
      this.log.append(em, context, action, 'INPUT', { facts: { tool: name } });
      return id;
    });
  }

  /** The action as policies see it. */
  async seen(id: string): Promise<SeenObject> {
    const attributes = await this.within((em) => readObject(em, { type: 'ProposedAction', id }));
    if (!attributes) throw new Error(`There is no action ${id}.`);
    return { type: 'ProposedAction', id, attributes };
  }

  status(id: string): Promise<string> {
    return this.within(async (em) => (await em.findOneOrFail(Action, { id })).status);
  }

  ask(who: Principal, query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
    return this.subgraphs.execute('actions', who, query, variables) as Promise<Answer>;
  }

  context(principal: Principal) {
    return requestContext(principal, this.subgraphs.kernel.log, { surface: 'test' });
  }

  /** By somebody who is there. */
  async #approve(em: EntityManager, { id: actionId, planHash }: Action): Promise<void> {
    const { tenant: tenantId } = this;
    const approverId = newId();
    await em.execute(`insert into kernel.held (tenant_id, id, permissions) values (?, ?, '[]')`, [
      tenantId,
      approverId,
    ]);
    const approver = { approverKind: 'user', approverId, approverPerson: approverId, approverRoles: [] };
    const stood = { onBehalfOfIds: [], approverGroups: [], approverDepartment: null, seesAll: true };
    const approval = {
      id: newId(),
      tenantId,
      actionId,
      planHash,
      comment: null,
      at: new Date(),
      ...approver,
      ...stood,
    };
    em.persist(em.create(Approval, { ...approval, decision: ApprovalDecision.APPROVED }));
  }

  #bump(): Promise<number> {
    return this.within((em) => changeAccess(em, this.tenant));
  }
}

const wereApproved = new Set<ActionStatus>(['APPROVED', 'EXECUTING', 'FAILED']);

/** Grants as simple as they can be, in the place of the tenants subgraph's. */
const standIns = `
  create table kernel.held (tenant_id uuid not null, id text primary key, permissions jsonb not null);
  grant select, insert, update on kernel.held to countersign_app;
  create or replace function kernel.access_of(kind text, id text, session text)
    returns table (person text, email text, roles text[], groups text[], permissions text[], attributes jsonb,
                   until timestamptz)
    language sql stable as $$
      select null, null, '{}'::text[], '{}'::text[],
             array(select jsonb_array_elements_text(held.permissions)), '{}'::jsonb, null::timestamptz
      from kernel.held where held.id = $2 $$;`;
