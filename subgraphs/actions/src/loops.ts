import { type Logger, Loop } from '@countersign/kernel';
import type { Services } from './services/assemble-services.ts';

/** A moment in which entries that are written one after the other come together to be sealed at once, in milliseconds. */
const sealingRestMs = 200;

/** What this subgraph does by itself, and how often at least, in milliseconds. */
export function loopsOf(services: Services, log: Logger) {
  const { sealer, recovery, expiry, bundleRecovery, breakers, webhooks } = services;
  const loop = (name: string, work: () => Promise<boolean>, intervalMs: number, restMs?: number) =>
    new Loop(name, work, log, { intervalMs, restMs });
  return {
    sealing: loop('log-sealer', () => sealer.sealOutstanding(), 500, sealingRestMs),
    recovering: loop('action-recovery', () => recovery.settleDue(), 1_000),
    expiring: loop('action-expiry', () => expiry.expireDue(), 5_000),
    bundling: loop('bundle-saga', () => bundleRecovery.settleDue(), 1_000),
    watching: loop('connector-health', () => breakers.refresh(), 1_000),
    sending: loop('webhook-sender', () => webhooks.sender.sendDue(), 1_000),
    tidying: loop('webhook-tidying', () => webhooks.deliveries.removeOld(), 600_000),
  };
}
