import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type AtOnce, FairQueue, type Job, type Lane } from './fair-queue.ts';

interface Numbered extends Job {
  readonly number: number;
}

const roomy: AtOnce = { inAll: 1_000, perTenant: 1_000, perUnit: 1_000 };
const tenants = ['a', 'b', 'c', 'd'];
const lanes: Lane[] = ['INTERACTIVE', 'BATCH'];

const job = (tenant: string, number = 0, lane: Lane = 'INTERACTIVE', connector = 'x'): Numbered => ({
  tenant,
  number,
  lane,
  unit: `${tenant} ${connector}`,
});

/** Takes all, one after the other. */
function drained(queue: FairQueue<Numbered>): Numbered[] {
  const taken: Numbered[] = [];
  for (let next = queue.take(); next; next = queue.take()) {
    taken.push(next);
    queue.done(next);
  }
  return taken;
}

const someJobs = fc
  .array(fc.record({ tenant: fc.constantFrom(...tenants), lane: fc.constantFrom(...lanes) }), { maxLength: 80 })
  .map((all) => all.map(({ tenant, lane }, number) => job(tenant, number, lane)));

describe('turns', () => {
  it('come to everybody: ten thousand jobs of one tenant do not delay the one of another', () => {
    const queue = new FairQueue<Numbered>(roomy);
    for (let number = 0; number < 10_000; number += 1) queue.offer(job('a', number));
    queue.offer(job('b'));
    expect([queue.take()?.tenant, queue.take()?.tenant]).toEqual(['a', 'b']);
  });

  it('for all jobs: each is given once, in the order of its tenant and lane', () => {
    fc.assert(
      fc.property(someJobs, (jobs) => {
        const queue = new FairQueue<Numbered>(roomy);
        for (const each of jobs) queue.offer(each);
        const taken = drained(queue);
        expect(new Set(taken)).toEqual(new Set(jobs));
        expect(taken).toHaveLength(jobs.length);
        for (const tenant of tenants) {
          for (const lane of lanes) {
            const ofOne = (all: Numbered[]) => all.filter((each) => each.tenant === tenant && each.lane === lane);
            expect(ofOne(taken)).toEqual(ofOne(jobs));
          }
        }
      }),
    );
  });

  it('for all jobs of one lane: between two of one tenant that waits there is at most one of each other', () => {
    fc.assert(
      fc.property(someJobs, (all) => {
        const jobs = all.filter(({ lane }) => lane === 'INTERACTIVE');
        const queue = new FairQueue<Numbered>(roomy);
        for (const each of jobs) queue.offer(each);
        const taken = drained(queue).map(({ tenant }) => tenant);
        for (const tenant of tenants) {
          const places = taken.flatMap((each, place) => (each === tenant ? [place] : []));
          const gaps = places.map((place, index) => taken.slice((places[index - 1] ?? -1) + 1, place));
          for (const gap of gaps) expect(new Set(gap).size).toBe(gap.length);
        }
      }),
    );
  });

  it('for all arrivals in between: whoever waits is passed by each other tenant once at most', () => {
    const steps = fc.array(fc.oneof(fc.constantFrom(...tenants), fc.constant('take' as const)), { maxLength: 200 });
    fc.assert(
      fc.property(steps, (arrivals) => {
        const queue = new FairQueue<Numbered>(roomy);
        const passedBy = new Map<string, string[]>();
        for (const step of arrivals) {
          if (step !== 'take') {
            queue.offer(job(step));
            if (!passedBy.has(step)) passedBy.set(step, []);
            continue;
          }
          const taken = queue.take();
          if (!taken) continue;
          queue.done(taken);
          passedBy.delete(taken.tenant);
          if (queue.waitingOf(taken.tenant) > 0) passedBy.set(taken.tenant, []);
          for (const [tenant, passers] of passedBy) {
            if (tenant === taken.tenant) continue;
            expect(passers).not.toContain(taken.tenant);
            passers.push(taken.tenant);
          }
        }
      }),
    );
  });

  it('go to what is interactive first, and to a batch once in a while', () => {
    const queue = new FairQueue<Numbered>(roomy);
    for (let number = 0; number < 100; number += 1) queue.offer(job('a', number, 'BATCH'));
    for (let number = 0; number < 12; number += 1) queue.offer(job('b', number));
    const taken = drained(queue).map(({ lane }) => lane[0]);
    expect(taken.slice(0, 15).join('')).toBe('IIIIBIIIIBIIIIB');
    expect(taken).toHaveLength(112);
  });

  it('for all loads: no more are at work than may be, and batches leave room', () => {
    const most: AtOnce = { inAll: 8, perTenant: 4, perUnit: 2 };
    const load = fc.array(
      fc.record({
        tenant: fc.constantFrom(...tenants),
        lane: fc.constantFrom(...lanes),
        connector: fc.constantFrom('x', 'y', 'z'),
        ends: fc.boolean(),
      }),
      { maxLength: 120 },
    );
    fc.assert(
      fc.property(load, (all) => {
        const queue = new FairQueue<Numbered>(most);
        const atWork: Numbered[] = [];
        const count = (holds: (each: Numbered) => boolean) => atWork.filter(holds).length;
        for (const [number, { tenant, lane, connector, ends }] of all.entries()) {
          queue.offer(job(tenant, number, lane, connector));
          const ended = ends ? atWork.shift() : undefined;
          if (ended) queue.done(ended);
          for (let next = queue.take(); next; next = queue.take()) atWork.push(next);
          expect(atWork.length).toBeLessThanOrEqual(most.inAll);
          expect(count((each) => each.lane === 'BATCH')).toBeLessThanOrEqual(most.inAll / 2);
          for (const one of atWork) {
            expect(count((each) => each.tenant === one.tenant)).toBeLessThanOrEqual(most.perTenant);
            expect(count((each) => each.unit === one.unit)).toBeLessThanOrEqual(most.perUnit);
          }
        }
        // All come to their turn in the end.
        const waiting = tenants.reduce((sum, tenant) => sum + queue.waitingOf(tenant), 0);
        for (const each of atWork) queue.done(each);
        expect(drained(queue)).toHaveLength(waiting);
      }),
    );
  });

  it('pass over a connector that hangs to the next one of the same tenant', () => {
    const queue = new FairQueue<Numbered>({ inAll: 10, perTenant: 10, perUnit: 1 });
    for (const [number, connector] of ['x', 'x', 'y'].entries())
      queue.offer(job('a', number, 'INTERACTIVE', connector));
    expect([queue.take()?.number, queue.take()?.number, queue.take()]).toEqual([0, 2, undefined]);
  });

  it('are lost by what was taken back', () => {
    const queue = new FairQueue<Numbered>(roomy);
    const [first, second] = [job('a', 1), job('a', 2)];
    queue.offer(first);
    queue.offer(second);
    expect([queue.withdraw(first), queue.withdraw(first), queue.waitingOf('a')]).toEqual([true, false, 1]);
    expect(drained(queue)).toEqual([second]);
  });
});
