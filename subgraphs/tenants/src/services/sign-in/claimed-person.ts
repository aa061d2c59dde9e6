import type { ClaimRules } from '../../statements/identity-providers.ts';

/** What a provider said of somebody, after the gateway checked that it was the provider that said it. */
export interface Assertion {
  readonly providerId: string;
  readonly subject: string;
  /** The claim `email`, and whether the provider says that it has made sure of it. */
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly name: string | null;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** The same, as the tenant's rules read it. */
export interface ClaimedPerson {
  readonly subject: string;
  /** An address that somebody has made sure of; null: whatever else was said, it may be anybody's. */
  readonly email: string | null;
  readonly name: string | null;
  readonly roleIds: readonly string[];
  /** By the tenant's own names; null where the claim says nothing. Not held against the schema yet. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface Rules {
  readonly trustEmail: boolean;
  readonly claims: ClaimRules;
}

export function claimedPerson({ trustEmail, claims: rules }: Rules, assertion: Assertion): ClaimedPerson {
  const { claims } = assertion;
  const email = rules.email === null ? assertion.email : textOf(claimOf(claims, rules.email));
  // `email_verified` speaks of the claim `email` and of no other (OpenID Connect Core 1.0, 5.1).
  const verified = trustEmail || (assertion.emailVerified && (rules.email === null || rules.email === 'email'));
  const values = rules.roles ? valuesOf(claimOf(claims, rules.roles.claim)) : new Set();
  return {
    subject: assertion.subject,
    email: verified ? email : null,
    name: rules.name === null ? assertion.name : textOf(claimOf(claims, rules.name)),
    roleIds: (rules.roles?.mapping ?? []).filter(({ value }) => values.has(value)).map(({ roleId }) => roleId),
    attributes: Object.fromEntries(
      rules.attributes.map(({ claim, attribute }) => [attribute, claimOf(claims, claim) ?? null]),
    ),
  };
}

/** The claim of that name, else what its dots lead to: names may have dots, and some providers nest what they say. */
function claimOf(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name.split('.').reduce<unknown>((inner, part) => {
    // Checked to be an object that has it of its own.
    return isObject(inner) && Object.hasOwn(inner, part) ? (inner as Record<string, unknown>)[part] : undefined;
  }, claims);
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** A claim of several values is a list, or where there is one alone, often that one. */
function valuesOf(claim: unknown): ReadonlySet<string> {
  const values = Array.isArray(claim) ? claim : [claim];
  return new Set(values.filter((value) => typeof value === 'string'));
}

const textOf = (claim: unknown): string | null => (typeof claim === 'string' && claim !== '' ? claim : null);
