import {
  type DomainEvent,
  type EntityManager,
  type EventConsumer,
  goingOn,
  servicePrincipal,
} from '@countersign/kernel';
import { type Entry, entryOfChange, entryOfOperator, entryOfRefusal } from './services/access-entries.ts';
import { heedBudget } from './services/autonomy-watch.ts';
import type { EntryKind } from './services/decision-log/index.ts';
import type { LogWriter } from './services/log-writer.ts';

/** What the decision log keeps of what happened elsewhere, and what follows from it for autonomy. */
export function consumers(log: LogWriter): readonly EventConsumer[] {
  const kept = (name: string, event: string, kind: EntryKind, entryOf: (payload: unknown) => Entry): EventConsumer => ({
    name,
    event,
    handle: async (em: EntityManager, happened: DomainEvent) =>
      log.appendTold(em, happened, kind, entryOf(happened.payload)),
  });
  return [
    kept('actions.log-access-change', 'AccessChanged', 'ACCESS_CHANGE', entryOfChange),
    kept('actions.log-access-refusal', 'AccessRefused', 'ACCESS_REFUSAL', entryOfRefusal),
    kept('actions.log-operator-access', 'OperatorAccess', 'OPERATOR_ACCESS', entryOfOperator),
    {
      name: 'actions.lower-autonomy',
      event: 'BudgetExceeded',
      handle: (em, happened) =>
        heedBudget(em, goingOn(happened, servicePrincipal(happened.tenantId, 'actions.autonomy', [])), log),
    },
  ];
}
