import { keyOf } from '../../statements/principals.ts';
import type { RecordedDecision } from '../../statements/recorded-decisions.ts';
import type { Verdict } from './replay.ts';

/** What somebody could do to something, and then could not; or the other way round. */
export interface Flip {
  readonly kind: RecordedDecision['kind'];
  readonly id: string;
  readonly permission: string;
  /** Null where it was about no single object. */
  readonly objectType: string | null;
  /** Null, too, where whoever asks may not know of it. */
  readonly objectId: string | null;
  /** How often it was decided in the period. */
  readonly times: number;
  /** The policy that makes the difference, as `name version`; null where roles do. */
  readonly policy: string | null;
  /** The clause of it that decided; null where it could not be worked out. */
  readonly clause: string | null;
}

export interface FlipCount {
  /** Of who, of which permission, on which object: each once. */
  readonly total: number;
  readonly times: number;
}

export interface Flips extends FlipCount {
  /** A hundred at most, like those below: most often first. */
  readonly examples: readonly Flip[];
  readonly principals: number;
  readonly byPrincipal: readonly (FlipCount & Pick<Flip, 'kind' | 'id'>)[];
  readonly permissions: number;
  readonly byPermission: readonly (FlipCount & Pick<Flip, 'permission'>)[];
}

export interface Cause {
  readonly policy: string | null;
  readonly clause: string | null;
}

const mostShown = 100;

/** Counts what flips one way: all of it, while it keeps a hundred to show. */
export class FlipCounter {
  readonly #seen = new Set<string>();
  readonly #examples = new Map<string, Flip>();
  readonly #byPrincipal = new Map<string, FlipCount & Pick<Flip, 'kind' | 'id'>>();
  readonly #byPermission = new Map<string, FlipCount & Pick<Flip, 'permission'>>();
  #times = 0;

  add(record: RecordedDecision, cause: Cause): void {
    const { kind, id, permission, objectType, objectId, times } = record;
    const key = JSON.stringify([kind, id, permission, objectType, objectId]);
    const isNew = !this.#seen.has(key);
    this.#seen.add(key);
    this.#times += times;
    const example = this.#examples.get(key);
    if (example) this.#examples.set(key, { ...example, times: example.times + times });
    else if (isNew && this.#examples.size < mostShown) {
      const object = { objectType: objectType || null, objectId: objectId || null };
      this.#examples.set(key, { kind, id, permission, ...object, times, ...cause });
    }
    count(this.#byPrincipal, keyOf(record), { kind, id }, isNew, times);
    count(this.#byPermission, permission, { permission }, isNew, times);
  }

  get flips(): Flips {
    return {
      total: this.#seen.size,
      times: this.#times,
      examples: most([...this.#examples.values()]),
      principals: this.#byPrincipal.size,
      byPrincipal: most([...this.#byPrincipal.values()]),
      permissions: this.#byPermission.size,
      byPermission: most([...this.#byPermission.values()]),
    };
  }
}

/** What would forbid it, or does not permit it any more; for what is newly allowed, the same seen from the other side. */
export function causeOf(refused: Verdict, allowed: Verdict): Cause {
  const [lost] = allowed.by === 'policy' ? allowed.reasons : [];
  const reason = refused.reasons[0] ?? (refused.errors[0] ? undefined : lost);
  const policy = reason ?? refused.errors[0];
  return { policy: policy ? `${policy.name} ${policy.version}` : null, clause: reason?.clause ?? null };
}

function count<Key extends object>(
  into: Map<string, FlipCount & Key>,
  at: string,
  key: Key,
  isNew: boolean,
  times: number,
): void {
  const known = into.get(at);
  into.set(at, { ...key, total: (known?.total ?? 0) + (isNew ? 1 : 0), times: (known?.times ?? 0) + times });
}

const most = <T extends { readonly times: number }>(counted: T[]): T[] =>
  counted.sort((one, other) => other.times - one.times).slice(0, mostShown);
