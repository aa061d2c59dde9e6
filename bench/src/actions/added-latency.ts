import { CleanUp } from '../harness/clean-up.ts';
import { percentile } from '../harness/figures.ts';
import { duration, type Row, times } from '../permissions/report.ts';
import { type Acting, actingOn } from './acting.ts';
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
        const taken = await measureSteps(acting, bare, actions);
        const before = await product.process.usage();
        // Apart from what is timed: being watched takes time, too.
        await product.process.startProfile();
        for (let turn = 0; turn < actions; turn += 1) await acting.execute(await acting.propose());
        const profile = told(await product.process.stopProfile());
        const cpuUs = ((await product.process.usage()).cpu - before.cpu) * 1_000;
        rows.push(...rowsOf(on, taken, { actions, profile, cpuUs }));
      } finally {
        await own.run();
      }
    }
    return rows;
  } finally {
    await cleanUp.run();
  }
}

type Step = 'propose' | 'approve' | 'execute' | 'countersigned' | 'alone' | 'bare';
type Times = Record<Step, number[]>;

async function measureSteps(acting: Acting, bare: () => Promise<void>, actions: number): Promise<Times> {
  const times: Times = { propose: [], approve: [], execute: [], countersigned: [], alone: [], bare: [] };
  const warmUp = Math.ceil(actions / 4);
  for (let turn = -warmUp; turn < actions; turn += 1) {
    const [id, propose] = await timed(acting.propose);
    const [, approve] = await timed(() => acting.approve(id));
    const [, execute] = await timed(() => acting.execute(id));
    const [, called] = await timed(bare);
    if (turn >= 0) keep(times, { propose, approve, execute, countersigned: propose + approve + execute, bare: called });
  }
  await acting.letActAlone();
  for (let turn = -warmUp; turn < actions; turn += 1) {
    const [, alone] = await timed(async () => acting.execute(await acting.propose()));
    const [, called] = await timed(bare);
    if (turn >= 0) keep(times, { alone, bare: called });
  }
  return times;
}

/** What it answers, and the microseconds that it took. */
async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const begun = performance.now();
  const result = await work();
  return [result, (performance.now() - begun) * 1_000];
}

function keep(times: Times, taken: Partial<Record<Step, number>>): void {
  for (const [step, each] of Object.entries(taken)) times[step as Step].push(each); // Its own names.
}

interface Watched {
  readonly actions: number;
  readonly profile: Told;
  /** For all of the actions, of the product's process. */
  readonly cpuUs: number;
}

function rowsOf(on: string, taken: Times, { actions, profile, cpuUs }: Watched): Row[] {
  const ascending = (a: number, b: number): number => a - b;
  const p50 = (step: Step): number => percentile(taken[step].sort(ascending), 50);
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
    { what: '  CPU time of the process for one, watched', measured: duration(cpuUs / actions) },
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
