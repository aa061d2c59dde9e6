import { type EntityManager, mayGrant, problem } from '@countersign/kernel';
import { permittingPolicies } from '../../statements/policies.ts';
import { saidAtAll } from '../policy-statements.ts';
import type { Author, Gained } from './change.ts';

/**
 * Where a policy permits something to who is of a role, in a group or has an attribute, giving that away gives the
 * permission: its author has to hold it, too. Refuses with `CANNOT_GRANT`.
 */
export async function insistMayExtend(em: EntityManager, gained: Gained, { principal }: Author): Promise<void> {
  const { path, roles = [], groups = [], attributes = [] } = gained;
  if (roles.length + groups.length + attributes.length === 0) return;
  const goesBy = new Set(attributes.map((name) => `principal.${name}`));
  for (const { policy, statements } of saidAtAll(await permittingPolicies(em))) {
    const giving = statements.filter(
      ({ effect, attributes: looked, texts }) =>
        effect === 'permit' &&
        ((looked.includes('principal.roles') && roles.some((name) => texts.includes(name))) ||
          (looked.includes('principal.groups') && groups.some((name) => texts.includes(name))) ||
          looked.some((attribute) => goesBy.has(attribute))),
    );
    const beyond = giving
      .flatMap(({ permissions }) => permissions)
      .filter((each) => !mayGrant(principal.permissions, each));
    if (beyond.length === 0) continue;
    const permissions = [...new Set(beyond)].sort();
    const message = `The policy "${policy.name}" would give ${permissions.join(', ')} with it, which you do not hold.`;
    throw problem('CANNOT_GRANT', message, path, { permissions, policy: policy.name });
  }
}
