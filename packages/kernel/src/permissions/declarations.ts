import type { AttributeDeclaration, PolicySource } from './cedar/index.ts';

/** How much harm the permission does in the wrong hands. */
export type PermissionRisk = 'LOW' | 'MEDIUM' | 'HIGH';

export interface PermissionDeclaration {
  /** `subgraph:resource:verb`. */
  readonly name: string;
  readonly description: string;
  readonly risk: PermissionRisk;
  /** The type of object that it is decided on; absent where it is about the tenant as a whole. */
  readonly on?: string;
  /** It is also decided for lists, so that its policies have to be expressible as a filter. */
  readonly listed?: boolean;
}

/**
 * A type of object that policies may speak of. What they see of one object is answered by the SQL function
 * `kernel.object_<type>(id uuid) returns jsonb`, which the subgraph's migration defines; null where there is none.
 */
export interface ObjectTypeDeclaration {
  readonly type: string;
  readonly description: string;
  /** What it is called in a sentence: `document`. */
  readonly noun: string;
  /** Who lacks it may not know that an object exists. */
  readonly readPermission: string;
  readonly attributes: readonly AttributeDeclaration[];
}

/**
 * A rule of the product's own, said as a policy so that it can be explained like one. It holds in every tenant and cannot
 * be retired. The subgraph's services enforce it themselves, in the words of `userErrors`.
 */
export interface BuiltInPolicy {
  /** `maker-is-not-checker`: stable. */
  readonly id: string;
  readonly name: string;
  /** One Cedar `forbid` statement. */
  readonly text: string;
  /** It does not hold for those who hold this permission. */
  readonly exempt?: string;
}

/** What this version of the product declares: the same for every tenant. */
export interface Declared {
  readonly permissions: readonly PermissionDeclaration[];
  readonly objectTypes: readonly ObjectTypeDeclaration[];
  readonly builtIn: readonly BuiltInSource[];
}

/** A rule of the product's own, and the permission that exempts from it. */
export interface BuiltInSource extends PolicySource {
  readonly exempt: string | null;
}

/** One object of a declared type. */
export interface ObjectRef {
  readonly type: string;
  readonly id: string;
}

/** `ProposedAction` -> `kernel.object_proposed_action`. Only for declared types: the name stands in SQL text. */
export function objectFunction(type: string): string {
  if (!/^[A-Z][A-Za-z]{0,60}$/.test(type)) throw new TypeError(`${type} is not a type of object.`);
  return `kernel.object${type.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}
