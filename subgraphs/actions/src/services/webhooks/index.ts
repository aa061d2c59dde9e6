import { type Database, type Kernel, SecretBox } from '@countersign/kernel';
import type { Leases } from '../leases.ts';
import type { LogWriter } from '../log-writer.ts';
import { WebhookAttempts } from './attempts.ts';
import { WebhookDeliveries } from './deliveries.ts';
import { WebhookEndpoints } from './endpoints.ts';
import { WebhookFanOut } from './fan-out.ts';
import { guardedAgent } from './guarded-agent.ts';
import { postVia } from './post.ts';
import { WebhookSender } from './sender.ts';

export { webhookConsumers } from './webhook-consumers.ts';

/** How long a receiver may take for its answer, everything included, in milliseconds. */
const receiverTimeoutMs = 10_000;
/** So long that it has run out only when whoever made the attempt is gone. */
const leaseMs = 3 * receiverTimeoutMs;

/** Everything about webhooks, put together for one process. */
export function assembleWebhooks(
  kernel: Pick<Kernel, 'config' | 'log' | 'now'>,
  parts: { database: Database; log: LogWriter; leases: Leases; timeoutMs?: number },
) {
  const { config, log: logger, now } = kernel;
  const { database, log, leases, timeoutMs = receiverTimeoutMs } = parts;
  const allowed = config.webhookOrigins;
  const box = new SecretBox(config, { purpose: 'countersign:webhook-secret', makesFolder: false });
  const fanOut = new WebhookFanOut(now);
  const agent = guardedAgent({ allowed, timeoutMs });
  const attempts = new WebhookAttempts({ database, log, leases, leaseMs, box, random: Math.random });
  const listeners = new Set<() => void>();
  const sender = new WebhookSender({
    database,
    attempts,
    post: postVia(agent, { timeoutMs, now }),
    leases,
    logger,
    now,
    wake: () => {
      for (const each of listeners) each();
    },
    close: () => agent.destroy(),
  });
  return {
    fanOut,
    attempts,
    sender,
    endpoints: new WebhookEndpoints({ database, log, box, fanOut, allowed }),
    deliveries: new WebhookDeliveries({ database, log, fanOut }),
    /** Calls back when there is room to send more. */
    onRoom: (listener: () => void) => listeners.add(listener),
  };
}
