import { type PolicyProblem, problemAt } from './problems.ts';

const mostBytes = 64 * 1024;
const deepestBrackets = 40;
const mostIfs = 100;
const mostOperators = 500;
/** Characters that make a text read other than it is written, and NUL, which no column can hold. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what is looked for.
const hidden = /[\u0000\u202A-\u202E\u2066-\u2069]|\\0|\\u\{0+\}/;
/** A string, a comment, or what makes an expression deeper; everything else is skipped. */
const token = /"(?:[^"\\]|\\.)*"|\/\/[^\n]*|&&|\|\||\bif\b|[()[\]{}.+*!;-]/gs;

/**
 * What must not reach the parser at all: it recurses on a stack of 1 MB, which about 150 brackets, 600 `if`s or 1,000
 * operators in one expression overflow.
 */
export function limitProblem(text: string): PolicyProblem | null {
  if (Buffer.byteLength(text) > mostBytes) {
    return problemAt(text, 0, 'POLICY_TOO_LARGE', 'The policy is larger than 64 KiB; divide it.');
  }
  const found = hidden.exec(text);
  if (found) {
    return problemAt(text, found.index, 'POLICY_INVALID', 'A character that changes the direction of text, or NUL.');
  }
  return depthProblem(text);
}

function depthProblem(text: string): PolicyProblem | null {
  let brackets = 0;
  let operators = 0;
  let ifs = 0;
  for (const { 0: word, index } of text.matchAll(token)) {
    if ('([{'.includes(word)) brackets += 1;
    else if (')]}'.includes(word)) brackets -= 1;
    else if (word === ';') brackets = operators = ifs = 0;
    else if (word === 'if') ifs += 1;
    else if (!/^["/]/.test(word)) operators += 1;
    if (brackets > deepestBrackets) return tooDeep(text, index, `more than ${deepestBrackets} brackets deep`);
    if (ifs > mostIfs) return tooDeep(text, index, `more than ${mostIfs} times \`if\` in one statement`);
    if (operators > mostOperators) return tooDeep(text, index, `more than ${mostOperators} operators in one statement`);
  }
  return null;
}

export const tooDeep = (text: string, offset: number, how: string): PolicyProblem =>
  problemAt(text, offset, 'POLICY_TOO_DEEP', `The policy is ${how}; divide it, or use a set with contains.`);
