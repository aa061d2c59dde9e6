import { Client } from 'pg';
import { CleanUp } from '../harness/clean-up.ts';
import { percentile } from '../harness/figures.ts';
import { freePorts } from '../harness/free-ports.ts';
import type { MeasuredProcess } from '../harness/measured-process.ts';
import { alternate } from '../harness/rounds.ts';
import { figure } from '../harness/table.ts';
import { duration, type Row, times } from '../permissions/report.ts';
import { actingOn } from './acting.ts';
import { type Server, startOtherSide, startProduct, startScript, startServer } from './deployments.ts';
import { post } from './post.ts';
import { told } from './told.ts';

const wantedPerSecond = 300;

export interface Pace {
  readonly rounds: number;
  readonly seconds: number;
  /** Callers that each begin the next action when the last one is done. */
  readonly callers: number;
}

/**
 * Actions a second, proposed and executed through the gateway by many callers at once, beside the same two calls as
 * durable workflows of DBOS Transact: in turns, on one PostgreSQL and against one other side.
 */
export async function measureThroughput(pace: Pace): Promise<Row[]> {
  const cleanUp = new CleanUp();
  try {
    const server = await startServer(cleanUp);
    const otherSide = await startOtherSide(cleanUp);
    const product = await startProduct(otherSide, server, cleanUp);
    const acting = await actingOn(product);
    await acting.letActAlone();
    const peer = await startPeer(otherSide, server, cleanUp);
    const ours = async () => acting.execute(await acting.propose());
    const theirs = async () => void (await post(`${peer.url}/act`, {}));
    for (const work of [ours, theirs]) await stretch(work, { ...pace, seconds: Math.min(3, pace.seconds) });
    const { a, b } = await alternate(
      pace.rounds,
      () => costed(product.process, () => stretch(ours, pace)),
      () => costed(peer.process, () => stretch(theirs, pace)),
    );
    // Apart from what is counted: being watched takes time, too.
    await product.process.startProfile();
    await stretch(ours, pace);
    const profile = told(await product.process.stopProfile());
    const [us, dbos] = [summed(a), summed(b)];
    return [
      {
        what: `actions a second, ${pace.callers} callers`,
        measured: figure(us.perSecond),
        beside: `${figure(dbos.perSecond)} DBOS`,
        ratio: times(us.perSecond, dbos.perSecond),
        wanted: `>= ${wantedPerSecond}`,
        isMet: us.perSecond >= wantedPerSecond,
      },
      { what: '  p50 of one', measured: duration(us.p50), beside: duration(dbos.p50), ratio: times(us.p50, dbos.p50) },
      {
        what: "  CPU time of the process for one (without PostgreSQL's)",
        measured: duration(us.cpu),
        beside: duration(dbos.cpu),
        ratio: times(us.cpu, dbos.cpu),
      },
      ...profile.map(({ owner, share }): Row => ({ what: `  of the process's work: ${owner}`, measured: share })),
    ];
  } finally {
    await cleanUp.run();
  }
}

async function startPeer(otherSide: string, { superuserUrl }: Server, cleanUp: CleanUp) {
  const client = new Client({ connectionString: superuserUrl });
  await client.connect();
  await client.query('create database dbos');
  await client.end();
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const databaseUrl = superuserUrl.replace(/[^/]*$/, 'dbos');
  const process = await startScript('dbos-peer', [String(port), otherSide, databaseUrl], {}, `${url}/health`);
  cleanUp.add(() => process.stop());
  return { url, process };
}

interface Stretch {
  readonly seconds: number;
  /** Microseconds of each. */
  readonly taken: readonly number[];
}

async function stretch(work: () => Promise<void>, { callers, seconds }: Pace): Promise<Stretch> {
  const begun = performance.now();
  const until = begun + seconds * 1_000;
  const taken: number[] = [];
  const caller = async (): Promise<void> => {
    for (let now = performance.now(); now < until; now = performance.now()) {
      await work();
      taken.push((performance.now() - now) * 1_000);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { seconds: (performance.now() - begun) / 1_000, taken };
}

type Costed = Stretch & { readonly cpuUs: number };

async function costed(process: MeasuredProcess, work: () => Promise<Stretch>): Promise<Costed> {
  const before = await process.usage();
  const done = await work();
  const after = await process.usage();
  return { ...done, cpuUs: (after.cpu - before.cpu) * 1_000 };
}

function summed(stretches: readonly Costed[]): { perSecond: number; p50: number; cpu: number } {
  const taken = stretches.flatMap((each) => each.taken).sort((a, b) => a - b);
  const sum = (of: (each: Costed) => number): number => stretches.reduce((all, each) => all + of(each), 0);
  return {
    perSecond: taken.length / sum(({ seconds }) => seconds),
    p50: percentile(taken, 50),
    cpu: sum(({ cpuUs }) => cpuUs) / taken.length,
  };
}
