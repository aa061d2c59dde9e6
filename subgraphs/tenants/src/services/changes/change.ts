import { type EntityManager, mayGrant, type Principal, problem } from '@countersign/kernel';

/** Who makes a change, as they stand at the moment at which it is made. */
export interface Author {
  readonly principal: Principal;
  readonly now: Date;
}

/** What somebody has from now on that policies may go by. */
export interface Gained {
  /** The part of the input that gives it. */
  readonly path: string[];
  /** Names. */
  readonly roles?: readonly string[];
  readonly groups?: readonly string[];
  readonly attributes?: readonly string[];
}

export interface Applied<Result> {
  readonly result: Result;
  /** Absent where nobody gains anything but what roles give, which the kind looks at itself. */
  readonly gained?: Gained;
  readonly subject: { readonly type: string; readonly id: string; readonly name: string };
  /** What the log keeps of the subject; null where there was, or is, none. No secrets. */
  readonly before: object | null;
  readonly after: object | null;
}

/** One kind of change of who may do what. */
export interface ChangeKind<Input extends object = object, Result = unknown> {
  /** `role.create`: stable, since changes that wait are kept under it. */
  readonly name: string;
  /** What its author has to hold. */
  readonly permission: string;
  /** Whether it can take somebody's rights away, so that it has to leave an admin. */
  readonly mayRemoveAdmin?: boolean;
  /** What must not wait for a second person: taking back, and what a directory provisions. */
  readonly needsNoApproval?: boolean;
  /** Fields of the input that nobody is shown while it waits, nor afterwards. */
  readonly secrets?: readonly string[];
  /** Inside the transaction, with the tenant's access taken. Refuses with `problem(...)`. Must be JSON in, so that it can wait. */
  apply(em: EntityManager, input: Input, author: Author): Promise<Applied<Result>>;
}

/** Gives a kind its types, and lets it stand in a list with others. */
export function changeKind<Input extends object, Result>(kind: ChangeKind<Input, Result>): ChangeKind<Input, Result> {
  return kind;
}

/** The event that the decision log is written from. */
export const accessChanged = 'AccessChanged';

/** The input without its secrets, for those who read it. */
export const shownInput = ({ secrets = [] }: ChangeKind, input: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(input).map(([name, value]) => [name, secrets.includes(name) && value !== null ? '***' : value]),
  );

/** Nobody grants what they do not hold, in whatever wrapping. Refuses with `CANNOT_GRANT`. */
export function insistMayGrant({ principal }: Author, patterns: readonly string[], path: string[]): void {
  const beyond = patterns.filter((pattern) => !mayGrant(principal.permissions, pattern));
  if (beyond.length === 0) return;
  const message = `You do not hold ${beyond.join(', ')}, so that you cannot hand it on.`;
  throw problem('CANNOT_GRANT', message, path, { permissions: beyond });
}
