import type { Span } from '@countersign/kernel/text';

/**
 * Where a quote stands in a text: word for word, or else but for white space, the shape of quotation marks and dashes,
 * and quotation marks around the whole. `undefined` where it does not stand, begins or ends within a character, or holds
 * fewer than three letters or digits, which would prove anything. The span is of the text as it is.
 */
export function locateQuote(quote: string, text: string): Span | undefined {
  const wanted = quote.trim();
  if (!wanted.isWellFormed() || (wanted.match(/[\p{L}\p{N}]/gu)?.length ?? 0) < 3) return undefined;
  const exact = text.indexOf(wanted);
  if (exact !== -1) return { start: exact, end: exact + wanted.length };
  const { plain, offsets } = flatten(text);
  for (const candidate of [wanted, wanted.replace(/^\p{Quotation_Mark}+|\p{Quotation_Mark}+$/gu, '')]) {
    const flat = flatten(candidate).plain.trim();
    const at = flat === '' ? -1 : plain.indexOf(flat);
    const start = offsets[at];
    const last = offsets[at + flat.length - 1];
    if (at !== -1 && start && last) return { start: start.start, end: last.end };
  }
  return undefined;
}

/** A text in its plainest form, and for each code unit of that the span of the original that it stands for. */
function flatten(text: string): { plain: string; offsets: Span[] } {
  let plain = '';
  const offsets: Span[] = [];
  for (const match of text.matchAll(/\s+|[\s\S]/g)) {
    const span = { start: match.index, end: match.index + match[0].length };
    const form = plainForm(match[0]);
    if (form === '') continue;
    plain += form;
    offsets.push(span);
  }
  return { plain, offsets };
}

function plainForm(text: string): string {
  if (/^\s/.test(text)) return ' ';
  if (/[\u00ad\u200b-\u200d\u2060]/.test(text)) return '';
  if (/[‘’‚‛′]/.test(text)) return "'";
  if (/[“”„‟″«»]/.test(text)) return '"';
  return /[‐‑‒–—―−]/.test(text) ? '-' : text;
}
