const canary = /kx\d+q\d+z/gi;
const id = /[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}/gi;
const amount = /(?<![\w.-])77\d{6}(?:\.\d+)?/g;
const encoded = /[\w+/-]{12,}/g;

/** So many characters in a row are a digest or a secret. */
const secretLength = 32;
/** Cursors are encoded once; twice would be somebody's trick. */
const deepest = 3;

/** A word that names one object of one tenant, for every text of it. Case is no part of it. */
export const canaryOf = (tenant: number, object: number): string => `kx${tenant}q${object}z`;

/** The same for numbers: one tenant's own, told by its first digits. */
export const amountOf = (tenant: number, object: number): number => 77_000_000 + tenant * 10_000 + object;

/**
 * All that tells one object from all others, wherever it stands in a text: canaries, ids (with their dashes or without),
 * canary amounts, digests and secrets, and the same inside what is encoded, as cursors are.
 */
export function tokensIn(text: string, depth = 0): Set<string> {
  const found = new Set<string>();
  for (const [word] of text.matchAll(canary)) found.add(word.toLowerCase());
  for (const [word] of text.matchAll(id)) found.add(dashed(word));
  for (const [word] of text.matchAll(amount)) found.add(`amount ${Number(word)}`);
  for (const [run] of text.matchAll(encoded)) {
    if (run.length >= secretLength && run.replaceAll(id, '').length >= secretLength) found.add(run);
    if (depth < deepest) for (const token of tokensIn(decoded(run), depth + 1)) found.add(token);
  }
  return found;
}

function dashed(word: string): string {
  const hex = word.replaceAll('-', '').toLowerCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** What Base64, of either alphabet, stands for; nothing where that is no text. */
function decoded(run: string): string {
  const text = Buffer.from(run, 'base64url').toString('utf8');
  return /^[\x20-\x7e\s]{6,}$/.test(text) ? text : '';
}
