import { problem, type UserError, UserProblem } from '@countersign/kernel';

export interface NewDocument {
  readonly source: string;
  readonly title: string;
  readonly text: string;
  readonly roles: readonly string[];
  /** 0 (public) to 3 (restricted). */
  readonly classification: number;
  readonly department: string | null;
  readonly region: string | null;
}

/** The most that a document may hold: 1 MB of UTF-8, and that a title, a source or a role may: characters. */
export const limits = {
  textBytes: 1_048_576,
  titleLength: 300,
  sourceLength: 300,
  roleLength: 100,
  roles: 100,
} as const;

/**
 * The document as it will be stored: title, source and roles without white space around them, each role once, no half
 * characters. The text keeps its length, so that offsets into it hold. Throws a `UserProblem` that names everything
 * that is wrong with it.
 */
export function parseDocument(input: NewDocument): NewDocument {
  const document = {
    source: input.source.trim().toWellFormed(),
    title: input.title.trim().toWellFormed(),
    text: input.text.toWellFormed(),
    roles: [...new Set(input.roles.map((role) => role.trim().toWellFormed()).filter((role) => role !== ''))],
    classification: input.classification,
    department: input.department?.trim().toWellFormed() ?? null,
    region: input.region?.trim().toWellFormed() ?? null,
  };
  const errors = [
    ...checkName('SOURCE_INVALID', 'source', document.source, limits.sourceLength),
    ...checkName('TITLE_INVALID', 'title', document.title, limits.titleLength),
    ...checkText(document.text),
    ...checkRoles(document.roles),
    ...checkLabel('department', document.department),
    ...checkLabel('region', document.region),
  ];
  if (errors.length > 0) throw new UserProblem(...errors);
  return document;
}

function checkName(code: string, field: 'source' | 'title', name: string, most: number): readonly UserError[] {
  if (name.length >= 1 && name.length <= most && !name.includes('\0')) return [];
  const message = `The ${field} must have 1 to ${most} characters, none of them NUL; it has ${name.length}.`;
  return problem(code, message, ['input', field], { length: name.length, most }).errors;
}

function checkText(text: string): readonly UserError[] {
  const path = ['input', 'text'];
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.textBytes) {
    const message = `The text has ${bytes} bytes of UTF-8; a document has at most ${limits.textBytes}. Ingest it in parts.`;
    return problem('DOCUMENT_TOO_LARGE', message, path, { bytes, most: limits.textBytes }).errors;
  }
  if (text.trim() === '') {
    return problem('DOCUMENT_EMPTY', 'The text is empty; a document needs at least one word.', path).errors;
  }
  const at = text.indexOf('\0');
  if (at === -1) return [];
  const message = `The text holds a NUL character at ${at}, as files do that are not text; extract their text first.`;
  return problem('DOCUMENT_NOT_TEXT', message, path, { at }).errors;
}

function checkRoles(roles: readonly string[]): readonly UserError[] {
  const path = ['input', 'access', 'roles'];
  if (roles.length === 0) {
    return problem('ACCESS_EMPTY', 'Name at least one role that may read the document.', path).errors;
  }
  const wrong = roles.find((role) => role.length > limits.roleLength || role.includes('\0'));
  if (roles.length <= limits.roles && wrong === undefined) return [];
  const message = `Name at most ${limits.roles} roles, of at most ${limits.roleLength} characters each, none of them NUL.`;
  return problem('ACCESS_INVALID', message, path, { roles: roles.length, most: limits.roles }).errors;
}

function checkLabel(field: 'department' | 'region', label: string | null): readonly UserError[] {
  if (label === null || (label.length >= 1 && label.length <= limits.roleLength && !label.includes('\0'))) return [];
  const message = `The ${field} must have 1 to ${limits.roleLength} characters, none of them NUL; it has ${label.length}.`;
  return problem('ACCESS_INVALID', message, ['input', 'access', field], { length: label.length }).errors;
}
