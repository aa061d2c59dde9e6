/**
 * What the product is to do, told anew and in few words: where actions stand, what the other side holds, and what may
 * come of a deed. Nothing of the product's own code is in here.
 */
export interface World {
  /** In minutes. */
  readonly now: number;
  readonly suspended: boolean;
  readonly fault: Fault;
  readonly actions: readonly Thing[];
}

/** An action, and what became of it on the other side. */
export interface Thing {
  readonly status: string;
  /** The order in the hospital. */
  readonly effect: 'none' | 'active' | 'entered-in-error';
  readonly failures: number;
  /** Whether it is tried again by itself, or was given to people. */
  readonly retried: boolean;
  readonly dead: boolean;
  /** When it was last looked after; nobody comes back to it before time has passed. */
  readonly since: number;
  readonly expiresAt: number;
  /** Whether the patient has changed since it was planned. */
  readonly drifted: boolean;
  readonly undo: null | 'UNKNOWN' | 'SUCCEEDED' | 'FAILED';
  readonly undoSince: number;
}

/**
 * How the hospital misbehaves: writes fail, are done and not answered, or with the next write the line is cut, before or
 * after it is done; `cut` is what is left then.
 */
export type Fault = 'none' | 'writesFail' | 'writesUnheard' | 'cutAtWrite' | 'cutAfterWrite' | 'cut';

export type Deed =
  | { readonly kind: 'propose' | 'suspend' | 'resume' | 'tick' }
  | { readonly kind: 'later'; readonly minutes: number }
  | { readonly kind: 'fault'; readonly fault: Exclude<Fault, 'cut'> | 'cut' }
  | { readonly kind: ActionDeed; readonly of: number };

export const actionDeeds = [
  'approve',
  'approveOwn',
  'reject',
  'withdraw',
  'execute',
  'undo',
  'requeue',
  'abandon',
  'revise',
  'previewAgain',
  'drift',
] as const;
export type ActionDeed = (typeof actionDeeds)[number];

/** A world that may be, and the code with which the deed was refused on the way to it. */
export interface Outcome {
  readonly world: World;
  readonly refused: string | null;
}

export const begun: World = { now: 0, suspended: false, fault: 'none', actions: [] };

const planTtl = 7 * 24 * 60;
const mostFailures = 3;

/** Whatever may come of a deed that is done alone. */
export function after(world: World, deed: Deed): Outcome[] {
  switch (deed.kind) {
    case 'later':
      return [done({ ...world, now: world.now + deed.minutes })];
    case 'fault':
      return [done({ ...world, fault: deed.fault })];
    case 'suspend':
    case 'resume':
      return [done({ ...world, suspended: deed.kind === 'suspend' })];
    case 'tick':
      return ticks(world).map((steps) => done(steps.reduce((now, step) => step(now), world)));
    case 'propose':
      if (world.fault === 'cut') return [refused(world, 'OTHER_SIDE_UNAVAILABLE')];
      return [done({ ...world, actions: [...world.actions, planned(world)] })];
    default:
      return [onAction(world, deed.of, deed.kind)];
  }
}

export type Step = (world: World) => World;

/** What the product does by itself: ends what ran out of time, then settles what is due, in one order or another. */
export function ticks(world: World): Step[][] {
  const expired = expire(world);
  const due = expired.actions.flatMap((action, of) => [
    ...(action.status === 'UNKNOWN' && action.since < world.now ? [settle(of)] : []),
    ...(action.undo === 'UNKNOWN' && action.undoSince < world.now ? [settleUndo(of)] : []),
    ...(action.status === 'FAILED' && action.retried && action.since < world.now ? [retry(of)] : []),
  ]);
  return orders(due).map((steps) => [expire, ...steps]);
}

const expire: Step = (world) => ({
  ...world,
  actions: world.actions.map((action) =>
    ['AWAITING_APPROVAL', 'APPROVED', 'STALE', 'FAILED'].includes(action.status) && action.expiresAt <= world.now
      ? { ...action, ...quiet, status: 'EXPIRED' }
      : action,
  ),
});

/** What is not known is asked for, and no more than asked for. */
const settle =
  (of: number): Step =>
  (world) => {
    const action = at(world, of);
    if (action.status !== 'UNKNOWN' || action.since >= world.now) return world;
    return conclude(world, of, found(world, action));
  };

const settleUndo =
  (of: number): Step =>
  (world) => {
    const action = at(world, of);
    if (action.undo !== 'UNKNOWN' || action.undoSince >= world.now) return world;
    return world.suspended ? change(world, of, { undoSince: world.now }) : takeBack(world, of);
  };

const retry =
  (of: number): Step =>
  (world) => {
    const { status, retried, since, expiresAt } = at(world, of);
    if (status !== 'FAILED' || !retried || since >= world.now || expiresAt <= world.now) return world;
    return world.suspended ? change(world, of, { since: world.now }) : doAgain(world, of);
  };

function onAction(world: World, of: number, deed: ActionDeed): Outcome {
  const action = at(world, of);
  const { status } = action;
  const illegal = refused(world, 'ILLEGAL_TRANSITION');
  const is = (...statuses: string[]) => statuses.includes(status);
  const to = (next: Partial<Thing>) => done(change(world, of, next));
  switch (deed) {
    case 'drift':
      return to({ drifted: true });
    case 'approve':
      return is('AWAITING_APPROVAL') ? to({ status: 'APPROVED' }) : illegal;
    case 'approveOwn':
      return is('AWAITING_APPROVAL') ? refused(world, 'MAKER_IS_NOT_CHECKER') : illegal;
    case 'reject':
      return is('AWAITING_APPROVAL') ? to({ ...quiet, status: 'REJECTED' }) : illegal;
    case 'withdraw':
      return is('AWAITING_APPROVAL', 'APPROVED', 'STALE', 'FAILED') ? to({ ...quiet, status: 'REJECTED' }) : illegal;
    case 'abandon':
      return is('FAILED') ? to({ ...quiet, status: 'REJECTED' }) : refused(world, 'NOT_FAILED');
    case 'requeue':
      return is('FAILED')
        ? to({ failures: 0, retried: true, dead: false, since: world.now - 1 })
        : refused(world, 'NOT_FAILED');
    case 'revise':
    case 'previewAgain':
      if (!is('AWAITING_APPROVAL', 'APPROVED', 'STALE', 'FAILED')) return illegal;
      if (world.fault === 'cut') return refused(world, 'OTHER_SIDE_UNAVAILABLE');
      if (deed === 'previewAgain' && !is('STALE') && !action.drifted) return done(world);
      return to(planned(world));
    case 'execute':
      return execute(world, of);
    case 'undo':
      return undo(world, of);
  }
}

function execute(world: World, of: number): Outcome {
  const action = at(world, of);
  if (action.status === 'SUCCEEDED') return done(world);
  if (world.suspended) return refused(world, 'SUSPENDED');
  if (action.status === 'FAILED' || action.status === 'UNKNOWN') return done(doAgain(world, of));
  if (action.status !== 'APPROVED') return refused(world, 'ILLEGAL_TRANSITION');
  if (world.fault === 'cut') return refused(world, 'OTHER_SIDE_UNAVAILABLE');
  if (action.drifted) return done(change(world, of, { status: 'STALE' }));
  if (action.expiresAt <= world.now) return refused(world, 'APPROVAL_EXPIRED');
  return done(order(world, of));
}

function undo(world: World, of: number): Outcome {
  const { status, undo: last } = at(world, of);
  if (status === 'UNDONE') return refused(world, 'ALREADY_UNDONE');
  if (status === 'UNDOING' && last === 'UNKNOWN') {
    return world.suspended ? refused(world, 'SUSPENDED') : done(takeBack(world, of));
  }
  if (status !== 'SUCCEEDED') return refused(world, 'ILLEGAL_TRANSITION');
  if (world.fault === 'cut') return refused(world, 'OTHER_SIDE_UNAVAILABLE');
  return world.suspended ? refused(world, 'SUSPENDED') : done(takeBack(world, of));
}

type Finding = 'done' | 'nothing' | 'unknown';

/** Whether it took effect, as far as the other side says. */
const found = ({ fault }: World, { effect }: Thing): Finding =>
  fault === 'cut' ? 'unknown' : effect === 'none' ? 'nothing' : 'done';

/** Done again if it was not done, and would do the same. */
function doAgain(world: World, of: number): World {
  const action = at(world, of);
  const finding = found(world, action);
  if (finding !== 'nothing') return conclude(world, of, finding);
  if (action.drifted) return change(conclude(world, of, 'nothing'), of, { ...quiet, status: 'STALE' });
  return order(world, of);
}

/** The order reaches the hospital, or it does not. */
function order(world: World, of: number): World {
  switch (world.fault) {
    case 'none':
    case 'writesUnheard':
      return conclude(change(world, of, { effect: 'active' }), of, 'done');
    case 'writesFail':
      return conclude(world, of, 'nothing');
    case 'cutAfterWrite':
      return conclude(change({ ...world, fault: 'cut' }, of, { effect: 'active' }), of, 'unknown');
    case 'cutAtWrite':
    case 'cut':
      return conclude({ ...world, fault: 'cut' }, of, 'unknown');
  }
}

function conclude(world: World, of: number, finding: Finding): World {
  if (finding === 'done') return change(world, of, { ...quiet, status: 'SUCCEEDED' });
  if (finding === 'unknown') return change(world, of, { ...quiet, status: 'UNKNOWN', since: world.now });
  const failures = at(world, of).failures + 1;
  const dead = failures >= mostFailures;
  return change(world, of, { status: 'FAILED', failures, dead, retried: !dead, since: world.now });
}

/** The order is marked as entered in error, or it is not. Marking it twice is as good as once. */
function takeBack(world: World, of: number): World {
  const marked = change(world, of, { effect: 'entered-in-error' });
  const unknown = (next: World) => change(next, of, { status: 'UNDOING', undo: 'UNKNOWN', undoSince: world.now });
  const undone = (next: World) => change(next, of, { status: 'UNDONE', undo: 'SUCCEEDED' });
  if (world.fault === 'cut') return unknown(world);
  if (at(world, of).effect === 'entered-in-error') return undone(world);
  switch (world.fault) {
    case 'none':
      return undone(marked);
    case 'writesFail':
      return unknown(world);
    case 'writesUnheard':
      return unknown(marked);
    case 'cutAfterWrite':
      return unknown({ ...marked, fault: 'cut' });
    case 'cutAtWrite':
      return unknown({ ...world, fault: 'cut' });
  }
}

/** Nobody tries it again, and nobody is asked to. */
const quiet = { retried: false, dead: false } as const;

const planned = ({ now }: World): Thing => ({
  ...{
    status: 'AWAITING_APPROVAL',
    effect: 'none',
    failures: 0,
    since: now,
    drifted: false,
    undo: null,
    undoSince: now,
  },
  ...quiet,
  expiresAt: now + planTtl,
});

export const done = (world: World): Outcome => ({ world, refused: null });
const refused = (world: World, code: string): Outcome => ({ world, refused: code });

function at({ actions }: World, of: number): Thing {
  const action = actions[of];
  if (!action) throw new Error(`There is no action ${of}.`);
  return action;
}

const change = (world: World, of: number, next: Partial<Thing>): World => ({
  ...world,
  actions: world.actions.map((action, index) => (index === of ? { ...action, ...next } : action)),
});

function orders<T>(all: readonly T[]): T[][] {
  if (all.length <= 1) return [[...all]];
  return all.flatMap((first, index) =>
    orders(all.filter((_, other) => other !== index)).map((rest) => [first, ...rest]),
  );
}
