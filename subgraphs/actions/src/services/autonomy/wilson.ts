/** 95 % confidence, two-sided. */
const usualZ = 1.96;

/**
 * The upper limit of the Wilson score interval for a proportion: how often it may truly happen, for all that `n` cases
 * with `hits` among them can say. 1 where there is no case; never below `hits / n`.
 * Source: E. B. Wilson, JASA 22 (1927) 209-212.
 */
export function wilsonUpper(hits: number, n: number, z: number = usualZ): number {
  if (n <= 0) return 1;
  const share = hits / n;
  const z2 = z * z;
  const spread = z * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  return Math.min(1, Math.max(share, (share + z2 / (2 * n) + spread) / (1 + z2 / n)));
}

/**
 * How many more cases without a hit until the upper limit is at most `bound`; null where it takes more than `most`. Each
 * of them lowers the limit, so it is found by halving.
 */
export function cleanUntil(hits: number, n: number, bound: number, most = 1_000_000): number | null {
  const holdsAfter = (more: number) => wilsonUpper(hits, n + more) <= bound;
  if (holdsAfter(0)) return 0;
  if (!holdsAfter(most)) return null;
  let [short, enough] = [0, most];
  while (enough - short > 1) {
    const middle = Math.floor((short + enough) / 2);
    if (holdsAfter(middle)) enough = middle;
    else short = middle;
  }
  return enough;
}
