import type { ItemResult } from '@countersign/plugin-sdk';
import type { OutcomeItem } from '../entities/plan.ts';

/** How an action ends, as the other side judged it, or that it has not judged all of it yet. */
export type Judged = 'done' | 'partial' | 'pending' | 'nothing';

/**
 * What items say together, whatever the answer says that carries them: nothing that was refused hides behind a success,
 * and what is still open for one item is open for all. `said` holds where none was refused and none is open.
 */
export function judgedBy(items: readonly Pick<OutcomeItem, 'status'>[], said: 'done' | 'pending'): Judged {
  const some = (status: OutcomeItem['status']) => items.some((each) => each.status === status);
  if (some('PENDING')) return 'pending';
  if (!some('REFUSED')) return said;
  return some('DONE') ? 'partial' : 'nothing';
}

const statuses = { done: 'DONE', refused: 'REFUSED', pending: 'PENDING' } as const;

/** Items as they are kept and shown. */
export const asOutcomeItems = (items: readonly ItemResult[]): OutcomeItem[] =>
  items.map(({ item, status, externalId = null, code = null, message = null }) => ({
    item,
    status: statuses[status],
    externalId,
    errorCode: status === 'refused' ? (code ?? 'REFUSED') : null,
    errorMessage: status === 'refused' ? message : null,
  }));

export type Merged =
  | { readonly ok: true; readonly items: OutcomeItem[]; readonly changed: boolean }
  | { readonly ok: false; readonly code: 'ITEM_UNKNOWN' | 'ITEM_ALREADY_SETTLED'; readonly item: string };

/** What an answer for the whole says of the items that are open: those that are settled it does not touch. */
export const allOpen = (items: readonly OutcomeItem[], status: 'DONE' | 'REFUSED'): OutcomeItem[] =>
  items
    .filter((each) => each.status === 'PENDING')
    .map((each) => ({ ...each, status, errorCode: status === 'REFUSED' ? (each.errorCode ?? 'REFUSED') : null }));

/** Later answers laid over earlier ones: what was open is settled; what was settled stays, and is never told otherwise. */
export function settleItems(standing: readonly OutcomeItem[], answers: readonly OutcomeItem[]): Merged {
  const items = new Map(standing.map((each) => [each.item, each]));
  let changed = false;
  for (const answer of answers) {
    const before = items.get(answer.item);
    // A side that named no items when it took the whole may name them now.
    if (!before && standing.length > 0) return { ok: false, code: 'ITEM_UNKNOWN', item: answer.item };
    if (before && before.status !== 'PENDING') {
      if (before.status === answer.status) continue;
      return { ok: false, code: 'ITEM_ALREADY_SETTLED', item: answer.item };
    }
    if (before?.status === answer.status) continue;
    // The other side's own name of it, once known, is no later answer's to change.
    items.set(answer.item, { ...answer, externalId: before?.externalId ?? answer.externalId });
    changed = true;
  }
  return { ok: true, items: [...items.values()], changed };
}
