import { holds, type Principal, personOf } from '../principal/principal.ts';
import {
  CompiledPolicies,
  type Decision,
  type DecisionReason,
  type Filter,
  type FilterColumns,
  type PolicySource,
  type Vocabulary,
} from './cedar/index.ts';
import type { DecisionContext } from './decision-context.ts';
import type { Declared, ObjectRef } from './declarations.ts';
import type { AccessRow } from './statements.ts';

/** What policies see of the objects of a list, as columns of its statement. */
export interface FilteredTable {
  readonly columns: FilterColumns;
  readonly idColumn: string;
}

/** An object as policies see it. */
export interface SeenObject extends ObjectRef {
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** The object of decisions that are about the tenant as a whole. */
export const wholeTenant = (tenantId: string): SeenObject => ({ type: 'Tenant', id: tenantId, attributes: {} });

/** Everything that decides in one tenant at one revision, but for who asks: compiled once, and then pure. */
export class TenantRules {
  readonly access: AccessRow;
  readonly declared: Declared;
  readonly policies: readonly PolicySource[];
  readonly #policies: CompiledPolicies;
  /** By the product's rules that hold for the principal. */
  readonly #withBuiltIn = new Map<string, CompiledPolicies>();

  constructor(access: AccessRow, declared: Declared, policies: readonly PolicySource[]) {
    this.access = access;
    this.declared = declared;
    this.policies = policies;
    this.#policies = new CompiledPolicies(vocabularyOf(access, declared), policies);
  }

  /** Whether policies have a say on the permission at all; where not, what RBAC says holds. */
  appliesTo(permission: string): boolean {
    return this.#policies.appliesTo(permission);
  }

  /** Whether somebody who does not hold the permission may get it for some objects. */
  mayExtend(permission: string): boolean {
    return this.#policies.permitsPossible(permission);
  }

  decide(principal: Principal, permission: string, object: SeenObject, context: DecisionContext): Decision {
    const granted = holds(principal, permission);
    return this.#policies.decide({ ...seenBy(principal), permission, resource: object, context, granted });
  }

  /** Whether a policy keeps somebody from knowing the object: then they can do nothing with it either. */
  hides(principal: Principal, object: SeenObject, context: DecisionContext): boolean {
    const reading = this.readPermissionOf(object.type);
    if (reading === undefined || !this.appliesTo(reading)) return false;
    return !this.decide(principal, reading, object, context).allowed;
  }

  readPermissionOf(type: string): string | undefined {
    return this.declared.objectTypes.find((each) => each.type === type)?.readPermission;
  }

  /** Decides like `decide`, with the product's own rules, which services enforce in their own words. */
  explain(principal: Principal, permission: string, object: SeenObject, context: DecisionContext): Decision {
    const builtIn = this.declared.builtIn.filter(({ exempt }) => exempt === null || !holds(principal, exempt));
    const key = builtIn.map(({ id }) => id).join(' ');
    const policies =
      this.#withBuiltIn.get(key) ??
      new CompiledPolicies(vocabularyOf(this.access, this.declared), [...builtIn, ...this.policies]);
    this.#withBuiltIn.set(key, policies);
    const granted = holds(principal, permission);
    return policies.decide({ ...seenBy(principal), permission, resource: object, context, granted });
  }

  /** The same decisions as a condition over columns. */
  filter(principal: Principal, permission: string, context: DecisionContext, table: FilteredTable): Filter {
    const granted = holds(principal, permission);
    return this.#policies.filter({ ...seenBy(principal), permission, context, granted, ...table });
  }

  /** What of the tenant's policies has a say on the permission. */
  statementsOn(permission: string): DecisionReason[] {
    return this.#policies.statementsOn(permission);
  }

  close(): void {
    this.#policies.close();
    for (const policies of this.#withBuiltIn.values()) policies.close();
  }
}

export const vocabularyOf = ({ attributes }: Pick<AccessRow, 'attributes'>, declared: Declared): Vocabulary => ({
  principalAttributes: attributes,
  resources: declared.objectTypes.map((each) => ({ type: each.type, attributes: each.attributes })),
  permissions: declared.permissions.map(({ name, on }) => ({ name, ...(on && { resource: on }) })),
});

const seenBy = (principal: Principal) => ({
  principal: {
    kind: principal.kind,
    id: principal.id,
    person: personOf(principal) ?? '',
    roles: principal.roles,
    groups: principal.groups ?? [],
    attributes: principal.attributes,
  },
});
