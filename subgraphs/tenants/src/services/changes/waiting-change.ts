import { newId, type Principal, personOf } from '@countersign/kernel';
import { type AccessChange, AccessChangeStatus } from '../../entities/access-change.ts';
import type { Applied, ChangeKind } from './change.ts';

/** A change as it waits for a second person, with what came of it when it was tried. */
export function waitingChange({
  kind,
  input,
  tried: { subject, before, after },
  principal,
  now,
}: {
  readonly kind: ChangeKind;
  readonly input: object;
  readonly tried: Applied<unknown>;
  readonly principal: Principal;
  readonly now: Date;
}): Omit<AccessChange, 'author'> {
  return {
    id: newId(),
    tenantId: principal.tenantId,
    kind: kind.name,
    input: asKept<Record<string, unknown>>({ ...input }),
    // What was made on trial is gone again, and so is its id.
    subject: { ...subject, id: before === null ? null : subject.id },
    before,
    after,
    status: AccessChangeStatus.WAITING,
    reason: reasonIn(input),
    authorKind: principal.kind,
    authorId: principal.id,
    authorPerson: personOf(principal) ?? null,
    proposedAt: now,
    decidedBy: null,
    decidedAt: null,
    comment: null,
  };
}

/** The input as it is when it has waited. A kind that could not be made from that is found out when it is tried. */
export const asKept = <Input extends object>(input: Input): Input => JSON.parse(JSON.stringify(input));

export const reasonIn = (input: object): string | null =>
  'reason' in input && typeof input.reason === 'string' ? input.reason : null;

const mostTold = 100;

/** The log names the first hundred of what is many; the change itself keeps all. */
export const summarised = (input: Record<string, unknown>): object =>
  Object.fromEntries(
    Object.entries(input).map(([name, value]) => [
      name,
      Array.isArray(value) && value.length > mostTold
        ? { count: value.length, first: value.slice(0, mostTold) }
        : value,
    ]),
  );
