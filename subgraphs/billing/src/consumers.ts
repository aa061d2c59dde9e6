import type { EventConsumer } from '@countersign/kernel';
import { giveDefaultBudget } from './services/budgets.ts';
import { measuresOf } from './services/measures.ts';
import { countSuccess, countUndone, meter } from './services/metering.ts';

/** What billing does when something has happened elsewhere. */
export const consumers: readonly EventConsumer[] = [
  { name: 'billing.default-budget', event: 'TenantCreated', handle: giveDefaultBudget },
  meterOf('billing.meter-documents', 'DocumentIngested'),
  meterOf('billing.meter-models', 'InferenceUsed'),
  meterOf('billing.meter-tools', 'ToolCalled'),
  { name: 'billing.count-successes', event: 'ActionSucceeded', handle: countSuccess },
  { name: 'billing.count-undone', event: 'ActionUndone', handle: countUndone },
];

function meterOf(name: string, event: keyof typeof measuresOf): EventConsumer {
  return { name, event, handle: (em, happened) => meter(em, happened, measuresOf[event](happened)) };
}
