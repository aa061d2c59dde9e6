/** Entra ID sends booleans as the texts "True" and "False". Null is no value; all else stays as it is. */
export function truth(value: unknown): unknown {
  if (value === null) return undefined;
  const said = typeof value === 'string' ? value.toLowerCase() : value;
  if (said === 'true') return true;
  if (said === 'false') return false;
  return value;
}
