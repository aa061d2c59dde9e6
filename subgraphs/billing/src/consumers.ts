import type { EventConsumer } from '@countersign/kernel';
import { giveDefaultBudget } from './services/budgets.ts';
import { measuresOf } from './services/measures.ts';
import { countSuccesses, countUndone, meter } from './services/metering.ts';

/** What billing does when something has happened elsewhere. */
export const consumers: readonly EventConsumer[] = [
  { name: 'billing.default-budget', event: 'TenantCreated', handle: giveDefaultBudget },
  meterOf('billing.meter-documents', 'DocumentIngested'),
  meterOf('billing.meter-models', 'InferenceUsed'),
  meterOf('billing.meter-tools', 'ToolCalled'),
  together('billing.count-successes', 'ActionSucceeded', countSuccesses),
  together('billing.count-undone', 'ActionUndone', countUndone),
];

function meterOf(name: string, event: keyof typeof measuresOf): EventConsumer {
  return together(name, event, (em, events) =>
    meter(
      em,
      events.map((each) => ({ event: each, measures: measuresOf[event](each) })),
    ),
  );
}

/** One by one, or all at once: the same. */
function together(name: string, event: string, handleAll: NonNullable<EventConsumer['handleAll']>): EventConsumer {
  return { name, event, handle: (em, happened) => handleAll(em, [happened]), handleAll };
}
