import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const module = join(import.meta.dirname, 'crash-points.ts');

/** Runs a process that passes each point in turn, and answers the last one it got past and how it ended. */
function walk(demo: boolean, env: Record<string, string>): { passed: string[]; signal: string | null } {
  const points = JSON.stringify(['proposed', 'approved', 'intent', 'effect']);
  const program = `import { crashAt } from ${JSON.stringify(module)};
    const crash = crashAt({ demo: ${demo} });
    for (const point of ${points}) { crash(point); process.stdout.write(point + ' '); }`;
  const { stdout, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    env,
    encoding: 'utf8',
  });
  return { passed: stdout.trim().split(' '), signal };
}

describe('a crash point', () => {
  it('ends the process where it is asked to, in demo mode and in tests', () => {
    const killed = { passed: ['proposed', 'approved'], signal: 'SIGKILL' };
    expect(walk(true, { COUNTERSIGN_CRASH_AT: 'intent' })).toEqual(killed);
    expect(walk(false, { COUNTERSIGN_CRASH_AT: 'intent', NODE_ENV: 'test' })).toEqual(killed);
    expect(walk(true, { COUNTERSIGN_CRASH_AT: 'intent:1' })).toEqual(killed);
  });

  it('does nothing otherwise', () => {
    const whole = { passed: ['proposed', 'approved', 'intent', 'effect'], signal: null };
    expect(walk(false, { COUNTERSIGN_CRASH_AT: 'intent' })).toEqual(whole);
    expect(walk(true, {})).toEqual(whole);
    expect(walk(true, { COUNTERSIGN_CRASH_AT: 'intent:2' })).toEqual(whole);
  });
});
