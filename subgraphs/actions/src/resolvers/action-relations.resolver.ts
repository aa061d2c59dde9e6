import { loadTogether, type RequestContext } from '@countersign/kernel';
import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { Action } from '../entities/action.ts';
import { Approval } from '../entities/approval.ts';
import { Evidence } from '../entities/evidence.ts';
import type { ActionReader } from '../services/action-reader.ts';

/** What hangs on an action: read when it is asked for, for all actions of an answer at once. */
@Resolver(() => Action)
export class ActionRelationsResolver {
  readonly #reader: ActionReader;

  constructor(reader: ActionReader) {
    this.#reader = reader;
  }

  @FieldResolver(() => [Evidence], { description: 'The cited passages that it rests on.' })
  async evidence(@Root() action: Action, @Ctx() context: RequestContext): Promise<Evidence[]> {
    return action.evidence ?? (await this.#full(action, context)).evidence ?? [];
  }

  @FieldResolver(() => [Approval], { description: 'What checkers decided, oldest first.' })
  async approvals(@Root() action: Action, @Ctx() context: RequestContext): Promise<Approval[]> {
    return action.approvals ?? (await this.#full(action, context)).approvals ?? [];
  }

  @FieldResolver(() => Action, {
    nullable: true,
    description: 'The action that undoes it, or last tried to; null when none did.',
  })
  async undo(@Root() action: Action, @Ctx() context: RequestContext): Promise<Action | null> {
    if (action.undoId === null) return null;
    // Null where it was read and may not be shown.
    return action.undo === undefined ? ((await this.#full(action, context)).undo ?? null) : action.undo;
  }

  @FieldResolver(() => Action, {
    nullable: true,
    description: 'The action that this one undoes; null when it is not an undo.',
  })
  async undoOf(@Root() action: Action, @Ctx() context: RequestContext): Promise<Action | null> {
    if (action.undoOfId === null) return null;
    return action.undoOf === undefined ? ((await this.#full(action, context)).undoOf ?? null) : action.undoOf;
  }

  /** By version: what a later step of the same operation did to it is read anew. */
  async #full({ id, version }: Action, context: RequestContext): Promise<Partial<Action>> {
    const load = (keys: readonly { id: string }[]) =>
      this.#reader.full(
        context,
        keys.map((key) => key.id),
      );
    return (await loadTogether(context, 'full-action', { id, version }, load)) ?? {};
  }
}
