/** A step, as far as its place among the others goes. */
export interface StepNode {
  readonly key: string;
  /** Keys of the steps that come before it. */
  readonly dependsOn: readonly string[];
}

export type StepOrder =
  | { readonly ok: true; readonly order: readonly string[] }
  /** Each waits for the next one, and the last one for the first. */
  | { readonly ok: false; readonly cycle: readonly string[] };

/**
 * An order in which each step comes after all that it depends on; where that leaves a choice, the order that they were
 * given in. Keys are unique, and only known ones are depended on.
 */
export function orderOf(steps: readonly StepNode[]): StepOrder {
  const placed = new Set<string>();
  for (;;) {
    const next = steps.find(({ key, dependsOn }) => !placed.has(key) && dependsOn.every((each) => placed.has(each)));
    if (!next) break;
    placed.add(next.key);
  }
  if (placed.size === steps.length) return { ok: true, order: [...placed] };
  return { ok: false, cycle: cycleIn(steps.filter(({ key }) => !placed.has(key))) };
}

/** Of steps of which each depends on another one of them. */
function cycleIn(steps: readonly StepNode[]): string[] {
  const waitsFor = new Map(
    steps.map(({ key, dependsOn }) => [key, dependsOn.find((each) => steps.some((other) => other.key === each))]),
  );
  const way: string[] = [];
  let at = steps[0]?.key;
  while (at !== undefined && !way.includes(at)) {
    way.push(at);
    at = waitsFor.get(at);
  }
  return way.slice(at === undefined ? 0 : way.indexOf(at));
}
