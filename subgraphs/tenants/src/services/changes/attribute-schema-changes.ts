import {
  type AttributeDeclaration,
  builtInPrincipalAttributes,
  checkPolicy,
  type EntityManager,
  problem,
  readAccess,
  readDeclared,
  readPolicies,
  type UserError,
  UserProblem,
  vocabularyOf,
} from '@countersign/kernel';
import { type Affected, lacking, misfits } from '../../statements/attribute-values.ts';
import { typeInWords } from '../attributes.ts';
import { changeKind } from './change.ts';

export interface AttributeSchemaDraft {
  readonly attributes: readonly AttributeDeclaration[];
  readonly reason: string | null;
}

const path = ['input', 'attributes'];
const mostAttributes = 50;
const longestDescription = 500;
const attributeName = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
const reserved = new Set(builtInPrincipalAttributes.map(({ name }) => name));

/**
 * Sets which attributes people have. What they have already must fit, and so must every active policy. Refuses with
 * `TOO_MANY`, `NAME_INVALID`, `NAME_TAKEN`, `DESCRIPTION_INVALID`, `ATTRIBUTE_IN_USE`, `ATTRIBUTE_MISSING`,
 * `POLICY_BREAKS`.
 */
export const setAttributeSchema = changeKind<AttributeSchemaDraft, readonly AttributeDeclaration[]>({
  name: 'attributeSchema.set',
  permission: 'tenants:access:administer',
  apply: async (em, draft, { principal: { tenantId } }) => {
    insistDeclarations(draft.attributes);
    const attributes = draft.attributes.map((each) => ({ ...each, description: each.description.trim() }));
    const before = (await readAccess(em))?.attributes ?? [];
    await insistFit(em, attributes);
    await insistPoliciesHold(em, before, attributes);
    await em.execute('update kernel.access set attributes = ?::jsonb where tenant_id = ?', [
      JSON.stringify(attributes),
      tenantId,
    ]);
    const subject = { type: 'Tenant', id: tenantId, name: 'attribute schema' };
    return { result: attributes, subject, before: { attributes: before }, after: { attributes } };
  },
});

function insistDeclarations(attributes: readonly AttributeDeclaration[]): void {
  if (attributes.length > mostAttributes) {
    const message = `People have at most ${mostAttributes} attributes; these are ${attributes.length}.`;
    throw problem('TOO_MANY', message, path, { most: mostAttributes, count: attributes.length });
  }
  const seen = new Set<string>();
  const errors = attributes.flatMap(({ name, description }, index): UserError[] => {
    const at = [...path, String(index)];
    if (!attributeName.test(name)) {
      const message = 'An attribute has a name of a letter, then up to 63 letters, digits and underscores.';
      return [{ code: 'NAME_INVALID', message, path: [...at, 'name'] }];
    }
    if (reserved.has(name) || seen.has(name)) {
      const whose = reserved.has(name) ? 'every principal has anyhow' : 'is named twice';
      return [{ code: 'NAME_TAKEN', message: `"${name}" is an attribute that ${whose}.`, path: [...at, 'name'] }];
    }
    seen.add(name);
    if (description.length <= longestDescription && description.isWellFormed() && !description.includes('\0'))
      return [];
    const message = `The description of "${name}" has more than ${longestDescription} characters, or some that are none.`;
    return [{ code: 'DESCRIPTION_INVALID', message, path: [...at, 'description'] }];
  });
  if (errors.length > 0) throw new UserProblem(...errors);
}

async function insistFit(em: EntityManager, attributes: readonly AttributeDeclaration[]): Promise<void> {
  const byName = new Map(attributes.map((each) => [each.name, each]));
  const inUse = (await misfits(em, attributes)).map(({ name, people }) => {
    const declaration = byName.get(name);
    const message = declaration
      ? `${people} people have a value of "${name}" that is not ${typeInWords[declaration.type]}.`
      : `${people} people have a value of "${name}", which these attributes leave out: declare it, or remove the values first.`;
    return refusal('ATTRIBUTE_IN_USE', message, { name, people });
  });
  const missing = (await lacking(em, attributes)).map(({ name, people }) => {
    const message = `${people} people have no value of "${name}": declare it as optional, give them one, then require it.`;
    return refusal('ATTRIBUTE_MISSING', message, { name, people });
  });
  if (inUse.length + missing.length > 0) throw new UserProblem(...inUse, ...missing);
}

/** A policy that had the same problem before is not broken by this change. */
async function insistPoliciesHold(
  em: EntityManager,
  before: readonly AttributeDeclaration[],
  after: readonly AttributeDeclaration[],
): Promise<void> {
  const policies = await readPolicies(em);
  if (policies.length === 0) return;
  const declared = await readDeclared(em);
  const old = vocabularyOf({ attributes: before }, declared);
  const wanted = vocabularyOf({ attributes: after }, declared);
  const errors = policies.flatMap(({ id, name, version, text }): UserError[] => {
    const known = new Set(checkPolicy(old, text, noLists).map(({ message }) => message));
    const [first] = checkPolicy(wanted, text, noLists).filter(({ message }) => !known.has(message));
    if (!first) return [];
    const { line, column } = first;
    const message = `The policy "${name}" (version ${version}) would not hold any more, at line ${line}, column ${column}: ${first.message}`;
    return [{ code: 'POLICY_BREAKS', message, path, params: { policy: { id, name, version }, line, column } }];
  });
  if (errors.length > 0) throw new UserProblem(...errors);
}

/** Whether a policy can be made into a filter does not hang on the attributes of people. */
const noLists = { listed: new Set<string>(), columns: {} };

const refusal = (code: string, message: string, { name, people }: Affected): UserError => ({
  code,
  message,
  path,
  params: { attribute: name, people },
});
