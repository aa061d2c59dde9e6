import { type EntityManager, problem } from '@countersign/kernel';
import { unknownPatterns } from '../../statements/roles.ts';
import { type Author, insistMayGrant } from './change.ts';

const mostPatterns = 200;
const pattern = /^(\*|[\w.-]{1,100}):(\*|[\w.-]{1,100}):(\*|[\w.-]{1,100})$/;

/**
 * The patterns as they are stored, once and sorted. Refuses with `PERMISSIONS_MISSING` where there are none, `TOO_MANY`,
 * `PERMISSION_UNKNOWN`, and `CANNOT_GRANT` for what the author does not hold.
 */
export async function insistSomeGrantable(
  em: EntityManager,
  patterns: readonly string[],
  author: Author,
): Promise<string[]> {
  const path = ['input', 'permissions'];
  const wanted = [...new Set(patterns)].sort();
  if (wanted.length === 0) {
    throw problem('PERMISSIONS_MISSING', 'Name at least one permission: without one it could do nothing.', path);
  }
  if (wanted.length > mostPatterns) {
    throw problem('TOO_MANY', `Name at most ${mostPatterns} permissions; these are ${wanted.length}.`, path);
  }
  const malformed = wanted.filter((each) => !pattern.test(each));
  const unknown = malformed.length > 0 ? malformed : await unknownPatterns(em, wanted);
  if (unknown.length > 0) {
    const message = `There is no permission ${unknown.join(', ')}; permissionCatalog lists those that there are.`;
    throw problem('PERMISSION_UNKNOWN', message, path, { permissions: unknown });
  }
  insistMayGrant(author, wanted, path);
  return wanted;
}
