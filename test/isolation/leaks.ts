import type { GraphRequest, Principal } from '@countersign/kernel';
import { OperationTypeNode } from 'graphql';
import { countsIn } from './counts.ts';
import { type Caller, callerOf } from './holdings.ts';
import type { Answered } from './house.ts';
import type { Operation } from './operations.ts';
import { isSomebodysWork, mayRead } from './readable.ts';
import type { Row, Snapshot } from './rows.ts';
import { tokensIn } from './tokens.ts';

/** Something in an answer that its caller may not know. */
export interface Leak {
  readonly path: string;
  readonly what: string;
  /** The rows that it is from. */
  readonly of: readonly string[];
}

export interface Asked {
  readonly operation: Operation;
  readonly request: GraphRequest;
  readonly principal: Principal;
  readonly answered: Answered;
  /** What the tenants had before and after; one and the same where nothing changed. */
  readonly before: Snapshot;
  readonly after: Snapshot;
}

/** What was found in an answer. */
export interface Verdict {
  readonly leaks: readonly Leak[];
  /** How much of what it shows is the caller's to see: an answer that shows nothing proves nothing. */
  readonly seen: number;
}

/**
 * Holds an answer against what its caller may read. Strict: whatever stands in a row of anybody's is a leak, unless the
 * caller may read one of the rows that it stands in, or said it themselves in asking.
 */
export function judge(asked: Asked): Verdict {
  const { principal, request, answered } = asked;
  const said = tokensIn(JSON.stringify([request, principal.id, principal.tenantId, principal.email ?? '']));
  said.add(answered.correlationId);
  const moments = asked.before === asked.after ? [asked.before] : [asked.before, asked.after];
  const readers = moments.map((snapshot) => new Reader(snapshot, principal));
  const made = isChange(asked) ? madeBetween(asked) : () => false;
  const leaks: Leak[] = [];
  let seen = 0;
  for (const { path, text } of leavesOf(answered.result, 'answer')) {
    for (const token of tokensIn(text)) {
      if (said.has(token)) continue;
      const holders = moments.flatMap((snapshot) => snapshot.holders(token));
      if (holders.length === 0) continue;
      if (readers.some((reader) => reader.mayReadAHolder(token)) || holders.some(made)) seen += 1;
      else leaks.push({ path, what: token, of: [...new Set(holders.map(describe))].slice(0, 5) });
    }
  }
  return { leaks: [...leaks, ...miscounted(asked, readers)], seen };
}

/** Questions are asked many at once: what came about meanwhile may be anybody's. */
const isChange = ({ operation, before, after }: Asked): boolean =>
  operation.kind !== OperationTypeNode.QUERY && before !== after;

function miscounted({ operation, request, answered }: Asked, readers: readonly Reader[]): Leak[] {
  const counts = countsIn(operation.schema, request.query, answered.result);
  return counts.flatMap(({ path, table, atLeast }) => {
    const readable = Math.max(...readers.map((reader) => reader.count(table)));
    if (atLeast <= readable) return [];
    return [{ path, what: `at least ${atLeast}, where ${readable} may be seen`, of: [table] }];
  });
}

/** One caller at one moment. */
class Reader {
  readonly #snapshot: Snapshot;
  readonly #caller: Caller | null;

  constructor(snapshot: Snapshot, principal: Principal) {
    this.#snapshot = snapshot;
    this.#caller = callerOf(snapshot, principal);
  }

  mayReadAHolder(token: string): boolean {
    return this.#snapshot.holders(token).some((row) => this.#mayRead(row));
  }

  count(table: string): number {
    return this.#snapshot.of(table).filter((row) => this.#mayRead(row)).length;
  }

  #mayRead(row: Row): boolean {
    return this.#caller ? mayRead(row, this.#caller, this.#snapshot) : row.tenantId === null;
  }
}

/** The rows of the caller's tenant that the operation itself made: whoever makes something sees it in the answer. */
function madeBetween({ before, after, principal }: Asked): (row: Row) => boolean {
  const old = new Set(before.tables.flatMap((table) => before.of(table).map(keyOf)));
  return (row) =>
    row.tenantId === principal.tenantId && isSomebodysWork(row) && after.holds(row) && !old.has(keyOf(row));
}

const keyOf = ({ kind, values }: Row): string => `${kind.split('#')[0]} ${String(values.id ?? JSON.stringify(values))}`;

const describe = ({ kind, values, tenantId }: Row): string => `${kind} ${String(values.id ?? '')} of ${tenantId}`;

/** Every text and number of the answer, names of fields included, with the way to it. */
function* leavesOf(value: unknown, path: string): Generator<{ path: string; text: string }> {
  if (value instanceof Error)
    yield* leavesOf({ ...value, message: value.message, extensions: extensionsOf(value) }, path);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) {
      yield { path, text: key };
      yield* leavesOf(each, `${path}.${key}`);
    }
  } else if (value !== null && value !== undefined) yield { path, text: String(value) };
}

const extensionsOf = (error: Error): unknown => ('extensions' in error ? error.extensions : undefined);
