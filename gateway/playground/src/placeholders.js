const LAST_ANSWER = '<last answer>';
const LAST_ACTION = '<last action>';
const NEW_KEY = '<new key>';

const key = (placeholder) => `countersign:${placeholder}`;

/** Keeps the ids of the latest answer and action, so that the next step of the walk can name them. */
export function remember(data) {
  for (const payload of Object.values(data ?? {})) {
    if (payload?.answer?.id) sessionStorage.setItem(key(LAST_ANSWER), payload.answer.id);
    if (payload?.action?.id) sessionStorage.setItem(key(LAST_ACTION), payload.action.id);
  }
}

/**
 * Puts ids in the place of `<last answer>`, `<last action>` and `<new key>`, wherever they stand in the variables.
 * Throws when there is none yet, and says which step gives it.
 */
export function fill(value) {
  if (Array.isArray(value)) return value.map(fill);
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fill(inner)]));
  }
  if (value === NEW_KEY) return newKey();
  if (value === LAST_ANSWER) return recall(LAST_ANSWER, 'Answer');
  if (value === LAST_ACTION) return recall(LAST_ACTION, 'Propose');
  return value;
}

function recall(placeholder, step) {
  const id = sessionStorage.getItem(key(placeholder));
  if (!id) throw new Error(`There is no id for ${placeholder} yet: run ${step} first, or write an id in its place`);
  return id;
}

/** `crypto.randomUUID` exists only on https and localhost. */
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
