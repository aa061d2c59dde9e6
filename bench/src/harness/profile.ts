import type { Profiler, Runtime } from 'node:inspector';

/** What part of a process's time someone took: a package, the garbage collector, Node itself, or one function. */
export interface Share {
  readonly owner: string;
  /** In a unit of the caller's; as parts of a profile, all of them add up to 1. */
  readonly amount: number;
}

const collector = 'garbage collector';
const node = 'Node.js itself';
const native = 'native code and system calls';
const embeddedPostgres = 'PGlite (PostgreSQL in WASM)';
/** Packages whose work is done for whoever calls them. */
const tools = new Set(['graphql']);

/**
 * A CPU profile by package. Time is charged to where it was spent; `graphql` also says for whom it worked, as several of
 * its callers live in one process. Time in which nothing ran is left out.
 */
export function packageShares(profile: Profiler.Profile): Share[] {
  const nodes = new Map(profile.nodes.map((each) => [each.id, each]));
  const callers = new Map<number, number>();
  for (const { id, children } of profile.nodes) for (const child of children ?? []) callers.set(child, id);
  return sharesBy(profile, (each) => ownerOf(each, nodes, callers));
}

/** A CPU profile by function: each with its package, without what it calls. */
export const functionShares = (profile: Profiler.Profile): Share[] =>
  sharesBy(profile, ({ callFrame: { functionName, url, lineNumber } }) => {
    const from = packageOf(url);
    return from ? `${functionName || `line ${lineNumber + 1}`} (${from})` : undefined;
  });

/** Adds shares up by owner, the largest first. */
export function mergeShares(shares: readonly Share[]): Share[] {
  const amounts = new Map<string, number>();
  for (const { owner, amount } of shares) amounts.set(owner, (amounts.get(owner) ?? 0) + amount);
  return [...amounts].map(([owner, amount]) => ({ owner, amount })).sort((a, b) => b.amount - a.amount);
}

/**
 * Each owner's part of all time in which anything ran. Every sample counts the same: where cores are scarce, the time
 * between two samples also holds the waiting for one, which would be charged to whatever ran before it.
 */
function sharesBy(
  { nodes, samples = [] }: Profiler.Profile,
  owner: (node: Profiler.ProfileNode) => string | undefined,
): Share[] {
  const own = new Map<number, number>();
  for (const id of samples) own.set(id, (own.get(id) ?? 0) + 1);
  const busy = nodes.filter(({ callFrame }) => !isIdle(callFrame));
  const total = busy.reduce((sum, { id }) => sum + (own.get(id) ?? 0), 0);
  const shares = busy.flatMap((each) => {
    const name = owner(each);
    const amount = (own.get(each.id) ?? 0) / total;
    return name && amount > 0 ? [{ owner: name, amount }] : [];
  });
  return mergeShares(shares);
}

const isIdle = ({ functionName }: Runtime.CallFrame): boolean => functionName === '(idle)' || functionName === '(root)';

function ownerOf(
  { id, callFrame: { functionName, url, scriptId } }: Profiler.ProfileNode,
  nodes: ReadonlyMap<number, Profiler.ProfileNode>,
  callers: ReadonlyMap<number, number>,
): string {
  if (functionName === '(garbage collector)') return collector;
  if (functionName === '(program)') return native;
  const own = packageOf(url);
  if (own && !tools.has(own)) return own;
  for (let caller = callers.get(id); caller !== undefined; caller = callers.get(caller)) {
    const above = packageOf(nodes.get(caller)?.callFrame.url ?? '');
    if (above && !tools.has(above)) return own ? `${own}, for ${above}` : above;
  }
  // Code that was generated has no address. What is called by nobody is a compiled operation that goes on.
  return own ?? (scriptId === '0' ? node : 'graphql-jit');
}

/** The package that a script belongs to; undefined for built-in functions and generated code. */
export function packageOf(url: string): string | undefined {
  if (url === '') return undefined;
  if (url.startsWith('wasm:')) return embeddedPostgres;
  if (url.startsWith('node:')) return node;
  const installed = /.*\/node_modules\/(@[^/]+\/[^/]+|[^/]+)\//.exec(url)?.[1];
  return installed ?? /.*\/([^/]+)\/(?:dist|src)\//.exec(url)?.[1]?.replace(/^/, '@countersign/') ?? 'other';
}
