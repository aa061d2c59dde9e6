import { describe, expect, it } from '@jest/globals';
import { createLogger } from '../telemetry/log.ts';
import { Loop } from './loop.ts';

const log = createLogger('silent');
const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
};

describe('a loop', () => {
  it('runs when woken, once for many calls', async () => {
    let runs = 0;
    const loop = new Loop(
      'test',
      async () => {
        runs += 1;
        return false;
      },
      log,
      { intervalMs: 60_000 },
    );
    loop.start();
    await until(() => runs === 1);
    for (let call = 0; call < 10; call += 1) loop.wake();
    await until(() => runs === 2);
    await loop.stop();
    expect(runs).toBe(2);
  });

  it('goes on at once while there is more', async () => {
    let left = 5;
    const loop = new Loop('test', async () => --left > 0, log, { intervalMs: 60_000 });
    loop.start();
    await until(() => left === 0);
    await loop.stop();
  });

  it('never runs twice at the same time and survives failures', async () => {
    let running = 0;
    let runs = 0;
    const loop = new Loop(
      'test',
      async () => {
        running += 1;
        expect(running).toBe(1);
        await new Promise((resolve) => setTimeout(resolve, 3));
        running -= 1;
        runs += 1;
        if (runs === 1) throw new Error('once');
        return false;
      },
      log,
      { intervalMs: 1 },
    );
    loop.start();
    await until(() => runs >= 4);
    await loop.stop();
    const after = runs;
    loop.wake();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(runs).toBe(after);
  });
});
