import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Block {
  readonly info: string;
  readonly file: string | undefined;
  readonly code: string;
}

/** The code blocks of a guide; `ts file=NAME` says under which name the block is written. */
export function blocks(guide: string, language = ''): Block[] {
  const found = readFileSync(guide, 'utf8').matchAll(/^```(\S[^\n]*)\n([\s\S]*?)^```$/gm);
  return [...found]
    .map(([, info = '', code = '']) => ({ info, file: /file=(\S+)/.exec(info)?.[1], code }))
    .filter(({ info }) => info.startsWith(language));
}

/** The rows of the table below `<!-- checked: NAME -->`, without what only marks text as code. */
export function table(guide: string, name: string): string[][] {
  const [, rest] = readFileSync(guide, 'utf8').split(`<!-- checked: ${name} -->\n\n`);
  if (!rest) throw new Error(`${guide} has no table "${name}".`);
  const lines = rest.split('\n\n')[0]?.trim().split('\n').slice(2) ?? [];
  return lines.map((line) =>
    line
      .slice(2, -2)
      .split(' | ')
      .map((cell) => cell.replaceAll('`', '').trim()),
  );
}

/** The number that a source gives a constant, an option or a bound: `maxDepth = 14`, `memoryMb: 128`, `first > 100`. */
export function constant(file: string, name: string): number {
  const [, text] =
    new RegExp(`\\b${name} ?(?:=|:)? ?([\\d_]+(?: \\* [\\d_]+)*)`).exec(readFileSync(file, 'utf8')) ?? [];
  if (!text) throw new Error(`${file} has no number for ${name}.`);
  return text
    .replaceAll('_', '')
    .split(' * ')
    .map(Number)
    .reduce((product, factor) => product * factor, 1);
}

export const asRow = ([what, limit, unit]: (string | number | undefined)[]): string[] => [
  String(what),
  [Number(limit).toLocaleString('en-US'), unit].filter(Boolean).join(' '),
];

/** What is shipped under a folder, file by file. */
export const sources = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\/src\/.*\.ts$/.test(file) && !/\.(test|fixture)\.ts$/.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'));

/** The anchors of a guide's headings, as GitHub makes them. */
export const headings = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
