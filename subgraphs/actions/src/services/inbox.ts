import {
  type Access,
  type Database,
  type DecisionContext,
  decisionContext,
  type EntityManager,
  isUuid,
  type Page,
  type Principal,
  type SeenObject,
  type TenantRules,
} from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import { ApprovalDecision } from '../entities/approval.ts';
import { approvePermission } from '../maker-is-not-checker.ts';
import { proposedAction } from '../proposed-action.ts';
import { type InForce, inForce } from './autonomy/index.ts';
import { asApprover, askedBy, demandsAt, departmentIn, isMaker } from './gate-keeper.ts';
import { type Gate, type Missing, mayCount, standing } from './gates/index.ts';
import { withRelations } from './load-actions.ts';
import { ordersOf } from './standing-orders.ts';
import { approverFor, delegatorsOf } from './substitutes.ts';
import { type Viewer, VisibleActions } from './visible-actions.ts';

/** An action that waits for the viewer. */
export interface Waiting {
  readonly action: Action;
  /** What approvals it still lacks; the viewer's own would bring it nearer. */
  readonly missing: readonly Missing[];
}

export interface InboxPage {
  /** Up to `first + 1`: as many as were asked for, or all that there are. */
  readonly waiting: readonly Waiting[];
  /** How many wait, counted up to `mostCounted`. */
  readonly count: number;
}

export const mostCounted = 100;
const batch = 100;

/** What waits for one person's approval: what they may see, may approve by roles and policies, and would count for. */
export class Inbox {
  readonly #database: Database;
  readonly #access: Access;
  readonly #now: () => Date;

  constructor(parts: { database: Database; access: Access; now: () => Date }) {
    this.#database = parts.database;
    this.#access = parts.access;
    this.#now = parts.now;
  }

  /** What waits longest comes first. */
  page(viewer: Viewer, { first, after }: Page): Promise<InboxPage> {
    return this.#database.read(viewer.principal, async (em) => {
      const principal = await this.#access.currentIn(em, viewer.principal);
      const look = await this.#looker(em, { ...viewer, principal });
      const start = isUuid(after?.id) ? after.id : null;
      const waiting = await look(start, first + 1);
      const fromTop = start === null && waiting.length <= first;
      const count = fromTop ? waiting.length : (await look(null, mostCounted)).length;
      return { waiting, count };
    });
  }

  /** The action, if it waits for the viewer. */
  one(viewer: Viewer, id: string): Promise<Waiting | null> {
    return this.#database.read(viewer.principal, async (em) => {
      const principal = await this.#access.currentIn(em, viewer.principal);
      const look = await this.#looker(em, { ...viewer, principal });
      const [waiting = null] = await look(null, 1, id);
      return waiting;
    });
  }

  /** Goes on, a batch at a time, until there are as many as were asked for or nothing is left. */
  async #looker(em: EntityManager, viewer: Viewer) {
    const rules = await this.#access.rulesIn(em, viewer.principal.tenantId);
    const { gates, settings, standings } = await ordersOf(em);
    const levelIn = (action: Action) => inForce(action, settings, standings.get(action.tool) ?? null);
    const visible = await VisibleActions.to(viewer, em, this.#access);
    const now = this.#now();
    const delegators = await delegatorsOf(em, viewer.principal, now);
    const context = decisionContext(rules.access, viewer, now);
    return async (after: string | null, most: number, only?: string): Promise<Waiting[]> => {
      const found: Waiting[] = [];
      for (let from = after; found.length < most; ) {
        const actions = await visible
          .select()
          .andWhere({ status: 'AWAITING_APPROVAL', ...(from !== null && { id: { $gt: from } }) })
          .andWhere(only === undefined ? {} : { id: only })
          .orderBy({ id: 'asc' })
          .limit(batch)
          .getResultList();
        // What is not done yet neither undoes nor is undone: there are no links to look into.
        await withRelations(em, actions, async () => new Set());
        const allowed = await this.#allowed(em, rules, { ...viewer, delegators }, actions, context);
        found.push(
          ...actions.flatMap((action) => {
            const lending = allowed.get(action.id);
            return lending ? waitingFor(viewer.principal, action, { gates, levelIn, lending, now }) : [];
          }),
        );
        if (actions.length < batch) break;
        from = actions.at(-1)?.id ?? null;
      }
      return found.slice(0, most);
    };
  }

  /**
   * Those of the actions that roles and policies let the principal approve, each with those of the delegators whom they
   * let, too. Nothing is recorded: nobody asked to.
   */
  async #allowed(
    em: EntityManager,
    rules: TenantRules,
    { principal, delegators }: { principal: Principal; delegators: readonly Principal[] },
    actions: readonly Action[],
    context: DecisionContext,
  ): Promise<ReadonlyMap<string, readonly Principal[]>> {
    const rows: { id: string; attributes: Record<string, unknown> }[] = await em.execute(
      `select asked.id, kernel.object_proposed_action(asked.id::uuid) as attributes
       from jsonb_array_elements_text(?::jsonb) as asked (id)`,
      [JSON.stringify(actions.map(({ id }) => id))],
    );
    const { type } = proposedAction;
    const may = (who: Principal, object: SeenObject) =>
      rules.decide(who, approvePermission, object, context).allowed && !rules.hides(who, object, context);
    const objects = rows.map((row) => ({ type, ...row })).filter((object) => may(principal, object));
    return new Map(objects.map((object) => [object.id, delegators.filter((each) => may(each, object))]));
  }
}

interface Circumstances {
  readonly gates: readonly Gate[];
  readonly levelIn: (action: Action) => InForce;
  /** Those who gave their place to the viewer, and may approve this very action themselves. */
  readonly lending: readonly Principal[];
  readonly now: Date;
}

function waitingFor(principal: Principal, action: Action, { gates, levelIn, lending, now }: Circumstances): Waiting[] {
  if (isMaker(action, principal)) return [];
  const demands = demandsAt(askedBy(gates, action, levelIn(action)), action, now);
  // Editors' departments are looked up when it comes to it; here they are taken for unknown ones.
  const makers = [
    { id: action.makerId, person: action.makerPerson, department: departmentIn(action.makerAttributes) },
    ...action.editors.map((id) => ({ id, person: id, department: null })),
  ];
  const given = (action.approvals ?? [])
    .filter(({ decision, planHash }) => decision === ApprovalDecision.APPROVED && planHash === action.planHash)
    .map(asApprover);
  if (!mayCount(demands, makers, given, approverFor(principal, lending, action)).ok) return [];
  return [{ action, missing: standing(demands, makers, given).missing }];
}
