import { problem } from '@countersign/kernel';

/** In UTF-16 code units, as a client's own counter has them. */
export const longestQuestion = 4_000;

/**
 * A question as it is asked of sources and stored: trimmed, without NUL characters and halves of surrogate pairs, which
 * no text in the database may hold. Throws `QUESTION_EMPTY` or `QUESTION_TOO_LONG` as a user's problem.
 */
export function parseQuestion(text: string): string {
  const question = text.replaceAll('\0', '').toWellFormed().trim();
  const path = ['input', 'question'];
  if (question === '') throw problem('QUESTION_EMPTY', 'The question is empty; write what you want to know.', path);
  if (question.length > longestQuestion) {
    throw problem(
      'QUESTION_TOO_LONG',
      `The question has ${question.length} characters; at most ${longestQuestion} are read.`,
      path,
      { length: question.length, longest: longestQuestion },
    );
  }
  return question;
}
