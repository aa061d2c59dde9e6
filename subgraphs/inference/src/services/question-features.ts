/** What of a question makes it hard, in words fit for a reason: `compares two things`. Empty for a plain one. */
export function difficultiesOf(question: string): string[] {
  return signs.filter(({ matches }) => matches(question)).map(({ name }) => name);
}

const signs: { readonly name: string; readonly matches: (question: string) => boolean }[] = [
  { name: 'is long', matches: (question) => question.trim().split(/\s+/).length > 40 },
  {
    name: 'compares',
    matches: (question) =>
      /\b(compare[ds]?|comparison|versus|vs|differ(s|ence|ent)?|better|worse|rather than|instead of)\b/i.test(question),
  },
  {
    name: 'has several parts',
    matches: (question) =>
      (question.match(/\?/g)?.length ?? 0) > 1 ||
      /\b(and|or|then)\s+(what|who|which|when|where|why|how|does|do|is|are|may|must|can)\b/i.test(question),
  },
  {
    name: 'reckons with numbers',
    matches: (question) =>
      /\b(total|sum|average|percent(age)?|ratio|calculate|how (many|much) (more|less|fewer)|altogether|in all)\b|%/i.test(
        question,
      ) || (question.match(/\b\d+(?:[.,]\d+)?\b/g)?.length ?? 0) >= 3,
  },
  {
    name: 'asks why',
    matches: (question) => /\b(why|explain|justify|under what (circumstances|conditions))\b/i.test(question),
  },
];
