import type { DecisionContext, PolicySource } from '@countersign/kernel';
import { saidOn } from '../policy-statements.ts';
import type { BothRules } from './proposed-change.ts';

/** What decides on one permission, before and after. */
export interface Sight {
  /** The type of object that it is decided on. */
  readonly on: string;
  readonly listed: boolean;
  /** Whether policies have a say on it, before or after. */
  readonly applies: boolean;
  /** Whether the same policies have it before and after. */
  readonly same: boolean;
  /** What the policies see of an object and of a moment: what they do not name cannot make a difference. */
  seen(attributes: Readonly<Record<string, unknown>>, context: () => DecisionContext): unknown[];
}

export class Sights {
  readonly #rules: BothRules;
  readonly #known = new Map<string, Sight | null>();

  constructor(rules: BothRules) {
    this.#rules = rules;
  }

  /** Null for a permission that is not declared any more. */
  of(permission: string): Sight | null {
    const known = this.#known.get(permission);
    if (known !== undefined) return known;
    const sight = this.#look(permission);
    this.#known.set(permission, sight);
    return sight;
  }

  #look(permission: string): Sight | null {
    const { before, after } = this.#rules;
    const declared = before.declared.permissions.find(({ name }) => name === permission);
    if (!declared) return null;
    const said = [saidOn(before.policies, permission), saidOn(after.policies, permission)] as const;
    const [one, other] = said.map((each) => each.map(({ policy }) => policy));
    const paths = new Set(said.flat().flatMap(({ statements }) => statements.flatMap(({ attributes }) => attributes)));
    const named = (of: string) => [...paths].filter((path) => path.startsWith(of)).map((path) => path.slice(of.length));
    const [resource, moment] = [named('resource.'), named('context.')];
    return {
      on: declared.on ?? 'Tenant',
      listed: declared.listed === true,
      applies: before.appliesTo(permission) || after.appliesTo(permission),
      same: areSame(one ?? [], other ?? []),
      seen: (attributes, context) => [
        resource.map((name) => attributes[name] ?? null),
        moment.map((name) => Object.entries(context()).find(([key]) => key === name)?.[1] ?? null),
      ],
    };
  }
}

const areSame = (one: readonly PolicySource[], other: readonly PolicySource[]): boolean =>
  one.length === other.length && one.every((policy) => other.includes(policy));
