/** `One`, `Two`, ... up to ten; digits from there on. */
export const numberWord = (count: number): string =>
  ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine', 'Ten'][count] ?? String(count);

export const several = (count: number | string, one: string, more = `${one}s`): string =>
  String(count) === '1' ? one : more;

/** `a, b and c`. */
export function listed(items: readonly string[], word: 'and' | 'or'): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} ${word} ${last}`;
}

/** `2 hours`, in the largest unit that is exact. */
export function lengthOfTime(milliseconds: number): string {
  const found = units.find(([, size]) => milliseconds % size === 0);
  if (!found) return `${milliseconds / 1_000} seconds`;
  const [unit, size] = found;
  return `${milliseconds / size} ${several(milliseconds / size, unit)}`;
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;
