import { problem } from '@countersign/kernel';
import type { ClaimRules } from '../../statements/identity-providers.ts';

const longest = 500;
const mostScopes = 20;
const mostMapped = 200;
const mostAttributes = 50;
const thisMachine = new Set(['localhost', '127.0.0.1', '[::1]']);
const hasControl = /\p{Cc}/u;

/**
 * An issuer exactly as its tokens name it: `https`, without query and fragment (OpenID Connect Discovery 1.0, 2 and 3);
 * `http` on this machine alone. Refuses with `ISSUER_INVALID`.
 */
export function insistIssuer(issuer: string): string {
  const url = issuer.length <= longest && URL.canParse(issuer) ? new URL(issuer) : undefined;
  const secure = url?.protocol === 'https:' || (url?.protocol === 'http:' && thisMachine.has(url.hostname));
  const plain = url && url.username === '' && url.password === '' && !/[?#\s]/.test(issuer);
  if (secure && plain) return issuer;
  const message = `An issuer is an address such as https://login.example.org, of at most ${longest} characters, without user, query and fragment.`;
  throw problem('ISSUER_INVALID', message, ['input', 'issuer']);
}

/** Refuses with `TEXT_INVALID`. */
export function insistText(wanted: string, path: string[]): string {
  if (wanted.length >= 1 && wanted.length <= longest && wanted.isWellFormed() && !hasControl.test(wanted))
    return wanted;
  throw problem(
    'TEXT_INVALID',
    `${path.at(-1)} has 1 to ${longest} characters, none of them a control character.`,
    path,
  );
}

/** RFC 6749, 3.3. Refuses with `SCOPES_INVALID`. */
export function insistScopes(scopes: readonly string[]): string[] {
  const isScope = (scope: string) => scope.length <= 200 && /^[\x21\x23-\x5B\x5D-\x7E]+$/.test(scope);
  if (scopes.length <= mostScopes && scopes.every(isScope)) return [...new Set(scopes)];
  const message = `Scopes are at most ${mostScopes} words such as "openid", without white space and quotation marks.`;
  throw problem('SCOPES_INVALID', message, ['input', 'scopes']);
}

/** Refuses with `TEXT_INVALID`, `TOO_MANY`, `ATTRIBUTE_UNKNOWN`. Roles are for the caller to look at. */
export function insistClaims(claims: ClaimRules, attributeNames: readonly string[]): ClaimRules {
  const path = ['input', 'claims'];
  const { email, name, roles, attributes } = claims;
  if (email !== null) insistText(email, [...path, 'email']);
  if (name !== null) insistText(name, [...path, 'name']);
  if (roles) {
    insistText(roles.claim, [...path, 'roles', 'claim']);
    insistAtMost(roles.mapping.length, mostMapped, [...path, 'roles', 'mapping']);
    for (const { value } of roles.mapping) insistText(value, [...path, 'roles', 'mapping', 'value']);
  }
  insistAtMost(attributes.length, mostAttributes, [...path, 'attributes']);
  for (const { claim, attribute } of attributes) {
    insistText(claim, [...path, 'attributes', 'claim']);
    if (attributeNames.includes(attribute)) continue;
    const message = `There is no attribute "${attribute.slice(0, 100)}"; the tenant's attribute schema has: ${attributeNames.join(', ') || 'none'}.`;
    throw problem('ATTRIBUTE_UNKNOWN', message, [...path, 'attributes', 'attribute']);
  }
  return claims;
}

function insistAtMost(count: number, most: number, path: string[]): void {
  if (count > most) throw problem('TOO_MANY', `There are at most ${most} of these; here are ${count}.`, path);
}
