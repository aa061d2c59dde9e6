import { setTimeout as sleep } from 'node:timers/promises';
import { type CrashPoint, crashPoints } from '../../subgraphs/actions/src/services/crash-points.ts';
import { type Dice, dice } from '../isolation/dice.ts';
import { comeToRest, effectsAsRecorded, logVerifies, promisesBroken, roomIsRight } from './checks.ts';
import { CrashGround } from './ground.ts';
import { CrashHouse } from './house.ts';
import { Ledger } from './ledger.ts';
import { Client, type World } from './load.ts';
import type { WorkerProcess } from './worker-process.ts';

export interface CrashReport {
  kills: number;
  /** How often a process died at each point by itself; the other kills came at random. */
  readonly points: Partial<Record<CrashPoint, number>>;
  rounds: number;
  asked: number;
  actions: number;
  effects: number;
  doubled: number;
  lost: number;
  /** What did not hold, each as one sentence. */
  readonly wrong: string[];
}

const workersAtOnce = 3;
const clientsAtOnce = 6;
const killsInARound = 8;
const longestLifeMs = 15_000;

/** Kills workers under load, round by round; after each round all has to be as it was promised. */
export async function runCrashes({
  kills,
  seed,
  tell,
}: {
  kills: number;
  seed: number;
  /** Told after each round how it stands. */
  tell: (report: CrashReport) => void;
}): Promise<CrashReport> {
  const rounds = Math.ceil(kills / killsInARound);
  const ground = await CrashGround.open(Array.from({ length: rounds }, (_, round) => `house-${round}`));
  const report: CrashReport = {
    ...{ kills: 0, points: {}, rounds: 0, asked: 0, actions: 0, effects: 0, doubled: 0, lost: 0, wrong: [] },
  };
  const points = new Points(seed);
  try {
    for (let round = 0; round < rounds && report.kills < kills && report.wrong.length === 0; round += 1) {
      const house = new CrashHouse(ground, `house-${round}`);
      await oneRound({ ground, house, report, points, seed: seed + round, kills: kills - report.kills });
      report.rounds += 1;
      tell(report);
    }
    return report;
  } finally {
    await ground.close();
  }
}

interface Round {
  readonly ground: CrashGround;
  readonly house: CrashHouse;
  readonly report: CrashReport;
  readonly points: Points;
  readonly seed: number;
  readonly kills: number;
}

async function oneRound({ ground, house, report, points, seed, kills }: Round): Promise<void> {
  const ledger = new Ledger();
  const alive = new Set<WorkerProcess>();
  const workers = () => [...alive].filter(({ isReady }) => isReady);
  const world: World = { ground, house, ledger, workers };
  const first = ground.start();
  await first.ready;
  await house.furnish(first);
  alive.add(first);

  const until = report.kills + Math.min(kills, killsInARound);
  let goesOn = true;
  const clients = Array.from({ length: clientsAtOnce }, (_, each) => new Client(world, `${each}`, dice(seed, each)));
  const working = clients.map((client) => client.work(() => goesOn));
  const slots = Array.from({ length: workersAtOnce }, async (_, slot) => {
    const chance = dice(seed, 100, slot);
    while (report.kills < until) await oneLife({ ground, alive, report, points, chance });
  });
  await untilKilled(first, dice(seed, 200));
  alive.delete(first);
  report.kills += 1;
  await Promise.all(slots);

  // From here on nobody is killed any more: what was cut off has to come to its end.
  const last = ground.start();
  await last.ready;
  alive.add(last);
  goesOn = false;
  await Promise.all(working);
  await house.fault('none');
  const { rows, stuck } = await comeToRest(world);
  const effects = await effectsAsRecorded(house, rows);
  const wrong = [
    ...stuck,
    ...effects.wrong,
    ...promisesBroken(world, rows),
    ...(await roomIsRight(world, rows, last)),
    ...(await logVerifies(world, last)),
    ...clients.flatMap(({ surprises }) => surprises),
  ];
  last.kill();
  await last.ended;
  report.wrong.push(...wrong.map((sentence) => `Seed ${seed}: ${sentence}`));
  report.asked += clients.reduce((sum, { asked }) => sum + asked, 0);
  report.actions += rows.length;
  report.effects += effects.effects;
  report.doubled += effects.doubled;
  report.lost += effects.lost;
}

/** A worker comes up, works, and dies: at a point of its own, or at any moment. */
async function oneLife(
  life: Pick<Round, 'ground' | 'report' | 'points'> & { alive: Set<WorkerProcess>; chance: Dice },
) {
  const { ground, alive, report, points, chance } = life;
  const point = chance.chance(0.6) ? points.next() : null;
  const worker = ground.start(point ? `${point}:${points.isMet(point) ? 1 + chance.roll(3) : 1}` : '');
  alive.add(worker);
  // It may die at its point as soon as it is up.
  await Promise.race([worker.ready, worker.ended]).catch(() => {});
  const byItself = await untilKilled(worker, chance, point ? 60 : 0);
  alive.delete(worker);
  report.kills += 1;
  if (point && byItself) points.met(point, report);
}

/**
 * Lets it be asked so much and at most thirty times more, and kills it at any moment then, unless it dies by itself;
 * answers whether it did. Counted in questions, so that a slow machine sees as much of it as a fast one.
 */
async function untilKilled(worker: WorkerProcess, chance: Dice, atLeast = 0): Promise<boolean> {
  const enough = atLeast + chance.roll(30);
  const deadline = performance.now() + longestLifeMs;
  while (!worker.hasEnded && worker.asked < enough && performance.now() < deadline) await sleep(5);
  await sleep(chance.roll(60));
  const byItself = worker.hasEnded;
  worker.kill();
  await worker.ended;
  return byItself;
}

/** The points in turn, those first at which the fewest have died. */
class Points {
  readonly #dice: Dice;
  readonly #met: Partial<Record<CrashPoint, number>> = {};
  #waiting: CrashPoint[] = [];

  constructor(seed: number) {
    this.#dice = dice(seed, 300);
  }

  next(): CrashPoint {
    // Object.keys forgets the keys' type.
    if (this.#waiting.length === 0) this.#waiting = this.#shuffled(Object.keys(crashPoints) as CrashPoint[]);
    return this.#waiting.shift() as CrashPoint; // Just filled.
  }

  isMet = (point: CrashPoint): boolean => this.#met[point] !== undefined;

  met(point: CrashPoint, { points }: CrashReport): void {
    points[point] = (points[point] ?? 0) + 1;
    this.#met[point] = points[point];
  }

  #shuffled(points: CrashPoint[]): CrashPoint[] {
    const order = new Map(points.map((point) => [point, (this.#met[point] ?? 0) + this.#dice.roll(1_000) / 1_000]));
    return points.sort((one, other) => (order.get(one) ?? 0) - (order.get(other) ?? 0));
  }
}
