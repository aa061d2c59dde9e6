import { AccessDenied, type RequestContext, UserProblem } from '@countersign/kernel';
import type { Action } from '../entities/action.ts';
import type { JsonObject } from './decision-log/index.ts';
import type { Executions } from './executions.ts';
import type { ProposalOptions, Proposals } from './proposals.ts';
import type { KnownTool } from './tool-catalogue.ts';

/** Proposes, and executes at once what its tool may do unattended. */
export class Unattended {
  readonly #proposals: Proposals;
  readonly #executions: Executions;

  constructor(parts: { proposals: Proposals; executions: Executions }) {
    this.#proposals = parts.proposals;
    this.#executions = parts.executions;
  }

  /**
   * Proposes, and where nobody need be asked and nobody need look, executes in the maker's name: they have to be allowed
   * to, and everything is asked of it that is asked of any execution. Where something is against it the action stays
   * APPROVED, for somebody to execute. Throws and refuses like `Proposals.propose`.
   */
  async propose(tool: KnownTool, input: JsonObject, options: ProposalOptions, caller: RequestContext): Promise<Action> {
    const action = await this.#proposals.propose(tool, input, options, caller);
    const { kind, id } = caller.principal;
    const own = action.makerKind === kind && action.makerId === id;
    // What somebody edited since is no longer what its maker asked for.
    const asAsked = action.revision === 1 && action.editors.length === 0;
    if (!own || !asAsked || action.autonomy !== 'UNATTENDED' || action.status !== 'APPROVED') return action;
    const context = {
      ...caller,
      workflow: action.workflow ?? undefined,
      surface: action.surface ?? undefined,
    };
    return this.#executions.execute(action.id, context, { unattended: true }).catch((error: unknown) => {
      if (isRefusal(error)) return action;
      throw error;
    });
  }
}

/** They may propose and not execute, a gate is closed, a limit is used up, actions are stopped: it waits. */
const isRefusal = (error: unknown): boolean => error instanceof UserProblem || error instanceof AccessDenied;
