import { setTimeout as pause } from 'node:timers/promises';
import { Access, createLogger, Database, type Principal } from '@countersign/kernel';

/** What is sent whenever the principal's permissions are other than before, the first time at once. */
export interface Seen {
  readonly permissions: readonly string[];
}

// Started by `fork`, which tells it whom to watch: a process of the product that asks before every request.
const database = await Database.open({ entities: [], url: process.env.WATCH_DATABASE_URL ?? '' });
const access = new Access({ database, log: createLogger('error'), now: () => new Date() });
await access.start();

let principal = await new Promise<Principal>((resolve) => process.once('message', resolve));
let seen = '';
while (process.connected) {
  principal = await access.current(principal);
  const held = JSON.stringify(principal.permissions);
  if (held !== seen) process.send?.({ permissions: principal.permissions } satisfies Seen);
  seen = held;
  await pause(1);
}
await access.stop();
await database.close();
