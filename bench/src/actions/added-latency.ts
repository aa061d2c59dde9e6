import { CleanUp } from '../harness/clean-up.ts';
import { percentile } from '../harness/figures.ts';
import { duration, type Row, times } from '../permissions/report.ts';
import { actingOn } from './acting.ts';
import { bareCall } from './bare.ts';
import { startOtherSide, startProduct, startServer } from './deployments.ts';
import { type Told, told } from './told.ts';

const wantedUs = 5_000;

/**
 * From the proposal to what came of it, one action at a time, beside a bare call and one INSERT: what it takes to have an
 * action previewed, looked at again, done once and recorded.
 */
export async function measureLatency(actions: number): Promise<Row[]> {
  const cleanUp = new CleanUp();
  try {
    const server = await startServer(cleanUp);
    const otherSide = await startOtherSide(cleanUp);
    const bare = await bareCall(otherSide, server.superuserUrl, cleanUp);
    const rows: Row[] = [];
    for (const on of ['PGlite', 'PostgreSQL'] as const) {
      const own = new CleanUp();
      try {
        const product = await startProduct(otherSide, on === 'PostgreSQL' ? server : null, own);
        const acting = await actingOn(product);
        const steps = await measureSteps(acting, bare, actions, () => product.process.startProfile());
        const profile = told(await product.process.stopProfile());
        rows.push(...rowsOf(on, steps, actions, profile));
      } finally {
        await own.run();
      }
    }
    return rows;
  } finally {
    await cleanUp.run();
  }
}

type Step = 'propose' | 'approve' | 'execute' | 'alone' | 'countersigned' | 'bare';

async function measureSteps(
  acting: Awaited<ReturnType<typeof actingOn>>,
  bare: () => Promise<void>,
  actions: number,
  warm: () => Promise<void>,
): Promise<Record<Step, number[]>> {
  const taken: Record<Step, number[]> = {
    propose: [],
    approve: [],
    execute: [],
    alone: [],
    countersigned: [],
    bare: [],
  };
  const time = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
    const begun = performance.now();
    const result = await work();
    return [result, (performance.now() - begun) * 1_000];
  };
  const warmUp = Math.ceil(actions / 4);
  for (let turn = -warmUp; turn < actions; turn += 1) {
    if (turn === 0) await warm();
    const [id, proposed] = await time(acting.propose);
    const [, approved] = await time(() => acting.approve(id));
    const [, executed] = await time(() => acting.execute(id));
    const [, called] = await time(bare);
    if (turn < 0) continue;
    taken.propose.push(proposed);
    taken.approve.push(approved);
    taken.execute.push(executed);
    taken.countersigned.push(proposed + approved + executed);
    taken.bare.push(called);
  }
  await acting.letActAlone();
  for (let turn = -warmUp; turn < actions; turn += 1) {
    const [, alone] = await time(async () => acting.execute(await acting.propose()));
    const [, called] = await time(bare);
    if (turn < 0) continue;
    taken.alone.push(alone);
    taken.bare.push(called);
  }
  return taken;
}

function rowsOf(on: string, steps: Record<Step, number[]>, actions: number, profile: Told): Row[] {
  const p50 = (step: Step): number =>
    percentile(
      steps[step].sort((a, b) => a - b),
      50,
    );
  const beside = `${duration(p50('bare'))} bare`;
  const added = p50('alone') - p50('bare');
  const part = (what: string, step: Step): Row => ({ what: `  ${what}`, measured: duration(p50(step)) });
  return [
    {
      what: `${on}: proposed and executed, p50 of ${actions}`,
      measured: duration(p50('alone')),
      beside,
      ratio: times(p50('alone'), p50('bare')),
    },
    { what: '  added', measured: duration(added), wanted: '<= 5 ms', isMet: added <= wantedUs },
    {
      what: `${on}: proposed, countersigned and executed`,
      measured: duration(p50('countersigned')),
      beside,
      ratio: times(p50('countersigned'), p50('bare')),
    },
    part('proposing (one call of the tool)', 'propose'),
    part('countersigning', 'approve'),
    part('executing (two calls of the tool)', 'execute'),
    ...profile.map(({ owner, share }): Row => ({ what: `  of the process's work: ${owner}`, measured: share })),
  ];
}
