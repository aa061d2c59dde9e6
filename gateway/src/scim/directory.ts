/**
 * The people and groups of one tenant, as provisioning reads and changes them. Every call is in the name of one
 * caller. Each throws `DirectoryProblem` for what the caller did wrong, and does all of its change or none of it.
 */
export interface Directory {
  findUsers(query: DirectoryQuery<UserAttribute>): Promise<{ total: number; users: readonly DirectoryUser[] }>;
  user(id: string): Promise<DirectoryUser | null>;
  createUser(input: UserInput): Promise<DirectoryUser>;
  /** Throws `versionMismatch` when the user is no longer at the expected version. */
  replaceUser(id: string, input: UserInput, expectedVersion?: number): Promise<DirectoryUser>;
  /** Takes the user away for good: access ends at once, `user(id)` is null from now on, the name is free again. */
  deleteUser(id: string, expectedVersion?: number): Promise<void>;

  findGroups(
    query: DirectoryQuery<GroupAttribute>,
    reading: GroupReading,
  ): Promise<{ total: number; groups: readonly DirectoryGroup[] }>;
  group(id: string, reading: GroupReading): Promise<DirectoryGroup | null>;
  createGroup(input: GroupInput, reading: GroupReading): Promise<DirectoryGroup>;
  replaceGroup(id: string, input: GroupInput, reading: GroupReading, expectedVersion?: number): Promise<DirectoryGroup>;
  /**
   * Changes what is named and nothing else, in one transaction, without reading the members that stay. Adding a member
   * who is there, and removing one who is not, changes nothing. The answer's members are null.
   */
  changeGroup(id: string, change: GroupChange, expectedVersion?: number): Promise<DirectoryGroup>;
  deleteGroup(id: string, expectedVersion?: number): Promise<void>;
}

export interface DirectoryUser {
  readonly id: string;
  /** What the identity provider calls the user. Case counts. */
  readonly externalId: string | null;
  /** The sign-in name, most often an e-mail address. Unique, whatever the case. */
  readonly userName: string;
  readonly name: { readonly formatted: string; readonly given: string | null; readonly family: string | null };
  readonly active: boolean;
  /** The tenant's own attributes; those that the mapping names are shown. */
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly groups: readonly { readonly id: string; readonly name: string }[];
  /** ISO 8601. */
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Grows with every change. */
  readonly version: number;
}

export type AttributeValue = string | number | boolean | readonly string[];

export interface DirectoryGroup {
  readonly id: string;
  readonly externalId: string | null;
  /** Unique, whatever the case: identity providers match groups by it. */
  readonly displayName: string;
  /** Null where they were not asked for. */
  readonly members: readonly DirectoryMember[] | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly version: number;
}

export interface DirectoryMember {
  readonly id: string;
  readonly kind: 'User' | 'Group';
  readonly name: string;
}

export interface UserInput {
  readonly externalId: string | null;
  readonly userName: string;
  readonly name: DirectoryUser['name'];
  readonly active: boolean;
  /**
   * By the tenant's own names. SCIM has texts alone here: the directory turns them into what the tenant's schema says,
   * or throws `invalidValue`. Null takes the attribute away; what is not named stays as it is.
   */
  readonly attributes: Readonly<Record<string, string | null>>;
}

export interface GroupInput {
  readonly externalId: string | null;
  readonly displayName: string;
  /** Ids of users and groups. An unknown one is `invalidValue`. */
  readonly members: readonly string[];
}

export interface GroupChange {
  readonly displayName?: string;
  readonly externalId?: string | null;
  /** `replace` comes first and stands for the whole list; an id is never in both `add` and `remove`. */
  readonly members?: {
    readonly replace?: readonly string[];
    readonly add: readonly string[];
    readonly remove: readonly string[];
  };
}

/** Whether a group's members are to be read, of which there may be tens of thousands. */
export interface GroupReading {
  readonly members: boolean;
}

export interface DirectoryQuery<Attribute extends string> {
  /** Absent: everybody. */
  readonly filter?: DirectoryFilter<Attribute>;
  /** From 1. */
  readonly startIndex: number;
  /** At most 200; with 0 only the total is wanted. */
  readonly count: number;
  /** Absent: any order that stays the same from page to page. */
  readonly sort?: { readonly by: Attribute; readonly descending: boolean };
}

/** `attributes.x` is the tenant's own attribute x. */
export type UserAttribute =
  | 'id'
  | 'externalId'
  | 'userName'
  | 'displayName'
  | 'givenName'
  | 'familyName'
  | 'active'
  | 'createdAt'
  | 'updatedAt'
  | `attributes.${string}`;

/** `members` is compared with `eq`, to a member's id, or asked for with `pr`. It is never sorted by. */
export type GroupAttribute = 'id' | 'externalId' | 'displayName' | 'members' | 'createdAt' | 'updatedAt';

export type Comparison = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le';

/**
 * RFC 7644 3.4.2.2, with names that the directory knows and values of the right type: `active` takes a boolean and
 * `eq` or `ne`; `createdAt` and `updatedAt` take ISO 8601 in UTC; all else takes text. `id`, `externalId` and `members`
 * are compared exactly, other text whatever the case. `ne` is the opposite of `eq`, so it holds where there is no value.
 * Every other comparison is false where there is none.
 */
export type DirectoryFilter<Attribute extends string> =
  | { readonly op: Comparison; readonly attribute: Attribute; readonly value: string | boolean }
  | { readonly op: 'pr'; readonly attribute: Attribute }
  | { readonly op: 'and'; readonly filters: readonly DirectoryFilter<Attribute>[] }
  | { readonly op: 'or'; readonly filters: readonly DirectoryFilter<Attribute>[] }
  | { readonly op: 'not'; readonly filter: DirectoryFilter<Attribute> };

export type DirectoryProblemKind =
  | 'uniqueness'
  | 'notFound'
  | 'invalidValue'
  | 'invalidFilter'
  | 'mutability'
  | 'versionMismatch'
  | 'tooMany'
  | 'forbidden';

/** What the directory refuses. The message is shown to the caller. */
export class DirectoryProblem extends Error {
  readonly kind: DirectoryProblemKind;

  constructor(kind: DirectoryProblemKind, message: string) {
    super(message);
    this.name = 'DirectoryProblem';
    this.kind = kind;
  }
}
