import { after, type Deed, done, type Outcome, ticks, type World } from './world.ts';

/** A world that may be, and the code with which each of the two deeds was refused on the way to it. */
export interface Both extends Outcome {
  readonly otherRefused: string | null;
}

/** Whatever may come of two deeds that are done at once: one after the other, or one with the other. */
export function afterBoth(world: World, one: Deed, other: Deed): Both[] {
  const inTurn = (first: Deed, second: Deed) =>
    between(world, first, second).map(([a, b]) => ({ world: b.world, refused: a.refused, otherRefused: b.refused }));
  const straight = inTurn(one, other);
  const turned = inTurn(other, one).map(({ refused: otherRefused, otherRefused: refused, ...rest }) => ({
    ...rest,
    refused,
    otherRefused,
  }));
  return [...straight, ...turned, ...together(world, one, other), ...together(world, other, one)];
}

/** The second deed after the first, or, where the first has several steps, between two of them. */
function between(world: World, first: Deed, second: Deed): [Outcome, Outcome][] {
  if (first.kind !== 'tick' || second.kind === 'tick') {
    return after(world, first).flatMap((a) => after(a.world, second).map((b): [Outcome, Outcome] => [a, b]));
  }
  return ticks(world).flatMap((steps) =>
    Array.from({ length: steps.length + 1 }, (_, at) => {
      const half = steps.slice(0, at).reduce((now, step) => step(now), world);
      return after(half, second).map((b): [Outcome, Outcome] => {
        const whole = steps.slice(at).reduce((now, step) => step(now), b.world);
        return [done(whole), { ...b, world: whole }];
      });
    }).flat(),
  );
}

/** Who asks for what is under way gets what comes of it; who plans anew what somebody else has just planned is told. */
function together(world: World, one: Deed, other: Deed): Both[] {
  if (plans(one) && plans(other) && one.of === other.of) {
    const replanned = after(world, one).filter((outcome) => outcome.world !== world);
    return replanned.map((outcome) => ({ ...outcome, otherRefused: 'PLAN_CHANGED' }));
  }
  const joins = ['execute', 'undo'].includes(other.kind);
  if (!joins || (JSON.stringify(one) !== JSON.stringify(other) && one.kind !== 'tick')) return [];
  return after(world, one)
    .filter((outcome) => outcome.refused === null)
    .map((outcome) => ({ ...outcome, otherRefused: null }));
}

const plans = (deed: Deed): deed is Extract<Deed, { of: number }> =>
  deed.kind === 'revise' || deed.kind === 'previewAgain';
