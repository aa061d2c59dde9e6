import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ActionStatus, ALL_STATUSES } from '../lifecycle/index.ts';
import { nextStep, nextUndo, type StepStanding } from './next.ts';

const standing = (status: ActionStatus, key = status, more: Partial<StepStanding> = {}): StepStanding => ({
  key,
  status,
  retryAt: null,
  reversible: true,
  ...more,
});

const anySteps = fc
  .array(
    fc.record({
      status: fc.constantFrom(...ALL_STATUSES),
      retryAt: fc.option(fc.constant(new Date(0))),
      reversible: fc.boolean(),
    }),
    { maxLength: 8 },
  )
  .map((all) => all.map((step, index) => ({ ...step, key: `s${index}` })));

const keysOf = (steps: readonly StepStanding[]) => steps.map(({ key }) => key);
const done = new Set<ActionStatus>(['SUCCEEDED', 'PARTIALLY_SUCCEEDED']);
const open = new Set<ActionStatus>(['EXECUTING', 'UNKNOWN', 'SUBMITTED', 'UNDOING']);

describe('what a saga does next', () => {
  it('is begun only when all before it are done', () => {
    fc.assert(
      fc.property(anySteps, fc.boolean(), (steps, cancelled) => {
        const next = nextStep(steps, { cancelled });
        if (next.do !== 'execute') return;
        const before = steps.slice(0, keysOf(steps).indexOf(next.key));
        expect(before.every(({ status }) => status === 'SUCCEEDED')).toBe(true);
        expect(cancelled).toBe(false);
      }),
    );
  });

  it('is its end exactly where all are done', () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const isEnd = nextStep(steps, { cancelled: false }).do === 'finish';
        expect(isEnd).toBe(steps.every(({ status }) => status === 'SUCCEEDED'));
      }),
    );
  });

  it.each([
    ['EXECUTING', 'IN_PROGRESS'],
    ['UNKNOWN', 'OUTCOME_UNKNOWN'],
    ['SUBMITTED', 'SUBMITTED'],
  ] as const)('waits for what is %s, also when it was cancelled', (status, code) => {
    for (const cancelled of [false, true]) {
      expect(nextStep([standing(status)], { cancelled })).toEqual({ do: 'wait', key: status, code });
    }
  });

  it('leaves what failed its tries, and fails with it then', () => {
    const retried = standing('FAILED', 'FAILED', { retryAt: new Date() });
    expect(nextStep([retried], { cancelled: false })).toEqual({ do: 'wait', key: 'FAILED', code: 'RETRY' });
    expect(nextStep([retried], { cancelled: true })).toEqual({ do: 'fail', key: 'FAILED' });
    expect(nextStep([standing('FAILED')], { cancelled: false })).toEqual({ do: 'fail', key: 'FAILED' });
  });

  it('fails with what is not as it was approved', () => {
    for (const status of ['STALE', 'EXPIRED', 'REJECTED', 'PARTIALLY_SUCCEEDED'] as const)
      expect(nextStep([standing(status)], { cancelled: false }).do).toBe('fail');
  });
});

describe('what is taken back next', () => {
  it('is the last that stands and can be, with nothing under way behind it', () => {
    fc.assert(
      fc.property(anySteps, fc.subarray(['s0', 's1', 's2', 's3']), (steps, givenUp) => {
        const next = nextUndo(steps, new Set(givenUp));
        if (next.do !== 'undo') return;
        const at = keysOf(steps).indexOf(next.key);
        expect(done.has(steps[at]?.status as ActionStatus)).toBe(true); // It was found there.
        expect(givenUp).not.toContain(next.key);
        for (const { key, status, reversible } of steps.slice(at + 1)) {
          expect(open.has(status)).toBe(false);
          if (done.has(status)) expect(!reversible || givenUp.includes(key)).toBe(true);
        }
      }),
    );
  });

  it('comes to an end that leaves just what could not be taken back', () => {
    fc.assert(
      fc.property(anySteps, fc.subarray(['s0', 's1', 's2', 's3']), (steps, givenUp) => {
        const taken: string[] = [];
        let now: StepStanding[] = steps.map((step) => (open.has(step.status) ? { ...step, status: 'UNDONE' } : step));
        for (;;) {
          const next = nextUndo(now, new Set(givenUp));
          if (next.do === 'finish') {
            expect(next.left).toEqual(keysOf(now.filter(({ status }) => done.has(status))));
            break;
          }
          taken.push(next.key);
          now = now.map((step) => (step.key === next.key ? { ...step, status: 'UNDONE' } : step));
        }
        const places = taken.map((key) => keysOf(steps).indexOf(key));
        expect(places).toEqual([...places].sort((a, b) => b - a));
      }),
    );
  });
});
