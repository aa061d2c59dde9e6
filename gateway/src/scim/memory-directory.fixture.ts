import {
  type AttributeValue,
  type Comparison,
  type Directory,
  type DirectoryFilter,
  type DirectoryGroup,
  DirectoryProblem,
  type DirectoryQuery,
  type DirectoryUser,
  type GroupInput,
  type UserInput,
} from './directory.ts';

interface StoredGroup extends Omit<DirectoryGroup, 'members'> {
  readonly members: ReadonlySet<string>;
}

/** A directory in memory that keeps the port's promises and counts what is asked of it. */
export class MemoryDirectory implements Directory {
  readonly users = new Map<string, DirectoryUser>();
  readonly groups = new Map<string, StoredGroup>();
  /** How often the members of a group were read. */
  memberReads = 0;
  /** How often something was written. */
  writes = 0;
  #ids = 0;

  /** Puts so many people in without looking at the others. Answers their ids. */
  crowd(size: number): string[] {
    const createdAt = new Date().toISOString();
    return Array.from({ length: size }, (_, each) => {
      const id = this.#newId('c');
      const name = { formatted: `Person ${each}`, given: null, family: null };
      const stored = { id, externalId: null, userName: `${id}@crowd.example`, name, active: true, attributes: {} };
      this.users.set(id, { ...stored, groups: [], createdAt, updatedAt: createdAt, version: 1 });
      return id;
    });
  }

  async findUsers(query: DirectoryQuery<string>) {
    const { total, page } = find([...this.users.values()], query, userValue);
    return { total, users: page.map((user) => this.#withGroups(user)) };
  }

  async user(id: string) {
    const user = this.users.get(id);
    return user ? this.#withGroups(user) : null;
  }

  async createUser(input: UserInput) {
    return this.#store(undefined, input);
  }

  async replaceUser(id: string, input: UserInput, expectedVersion?: number) {
    return this.#store(expected(this.users.get(id), expectedVersion), input);
  }

  async deleteUser(id: string, expectedVersion?: number) {
    expected(this.users.get(id), expectedVersion);
    this.writes += 1;
    this.users.delete(id);
    for (const group of this.groups.values()) {
      this.groups.set(group.id, { ...group, members: new Set([...group.members].filter((each) => each !== id)) });
    }
  }

  async findGroups(query: DirectoryQuery<string>, { members }: { members: boolean }) {
    const { total, page } = find([...this.groups.values()], query, groupValue);
    return { total, groups: page.map((group) => this.#shown(group, members)) };
  }

  async group(id: string, { members }: { members: boolean }) {
    const group = this.groups.get(id);
    return group ? this.#shown(group, members) : null;
  }

  async createGroup(input: GroupInput, { members }: { members: boolean }) {
    const now = new Date().toISOString();
    const id = this.#newId('g');
    return this.#shown(
      this.#storeGroup({ ...input, id, createdAt: now, updatedAt: now, version: 1, members: new Set(input.members) }),
      members,
    );
  }

  async replaceGroup(id: string, input: GroupInput, { members }: { members: boolean }, expectedVersion?: number) {
    const before = expected(this.groups.get(id), expectedVersion);
    return this.#shown(
      this.#storeGroup({ ...before, ...input, version: before.version + 1, members: new Set(input.members) }),
      members,
    );
  }

  async changeGroup(
    id: string,
    { members: change, ...rest }: Parameters<Directory['changeGroup']>[1],
    expectedVersion?: number,
  ) {
    const before = expected(this.groups.get(id), expectedVersion);
    const members = new Set(change?.replace ?? before.members);
    for (const each of change?.remove ?? []) members.delete(each);
    for (const each of change?.add ?? []) members.add(each);
    const changes =
      members.symmetricDifference(before.members).size > 0 ||
      (rest.displayName ?? before.displayName) !== before.displayName ||
      (rest.externalId === undefined ? before.externalId : rest.externalId) !== before.externalId;
    if (!changes) return this.#shown(before, false);
    return this.#shown(this.#storeGroup({ ...before, ...rest, members, version: before.version + 1 }), false);
  }

  async deleteGroup(id: string, expectedVersion?: number) {
    expected(this.groups.get(id), expectedVersion);
    this.writes += 1;
    this.groups.delete(id);
  }

  #store(before: DirectoryUser | undefined, { attributes, ...input }: UserInput): DirectoryUser {
    const taken = [...this.users.values()].some(
      (user) => user.id !== before?.id && user.userName.toLowerCase() === input.userName.toLowerCase(),
    );
    if (taken) throw new DirectoryProblem('uniqueness', `The userName "${input.userName}" is taken.`);
    const now = new Date().toISOString();
    const kept: Record<string, AttributeValue> = { ...before?.attributes };
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null) delete kept[name];
      else kept[name] = value;
    }
    const user: DirectoryUser = {
      id: before?.id ?? this.#newId('u'),
      createdAt: before?.createdAt ?? now,
      ...input,
      attributes: kept,
      groups: [],
      updatedAt: now,
      version: (before?.version ?? 0) + 1,
    };
    this.writes += 1;
    this.users.set(user.id, user);
    return this.#withGroups(user);
  }

  #storeGroup(group: StoredGroup): StoredGroup {
    const taken = [...this.groups.values()].some(
      ({ id, displayName }) => id !== group.id && displayName.toLowerCase() === group.displayName.toLowerCase(),
    );
    if (taken) throw new DirectoryProblem('uniqueness', `The group "${group.displayName}" is there already.`);
    const unknown = [...group.members].find((id) => !this.users.has(id) && !this.groups.has(id));
    if (unknown !== undefined) throw new DirectoryProblem('invalidValue', `There is no user or group "${unknown}".`);
    this.writes += 1;
    this.groups.set(group.id, group);
    return group;
  }

  #shown(group: StoredGroup, withMembers: boolean): DirectoryGroup {
    if (!withMembers) return { ...group, members: null };
    this.memberReads += 1;
    const members = [...group.members].map((id) => {
      const user = this.users.get(id);
      return user
        ? { id, kind: 'User' as const, name: user.name.formatted }
        : { id, kind: 'Group' as const, name: this.groups.get(id)?.displayName ?? '' };
    });
    return { ...group, members };
  }

  #withGroups(user: DirectoryUser): DirectoryUser {
    const groups = [...this.groups.values()].filter(({ members }) => members.has(user.id));
    return { ...user, groups: groups.map(({ id, displayName }) => ({ id, name: displayName })) };
  }

  #newId(kind: string): string {
    this.#ids += 1;
    return `${kind}${String(this.#ids).padStart(6, '0')}`;
  }
}

function expected<Stored extends { version: number }>(stored: Stored | undefined, version: number | undefined): Stored {
  if (!stored) throw new DirectoryProblem('notFound', 'There is no such resource.');
  if (version === undefined || version === stored.version) return stored;
  throw new DirectoryProblem('versionMismatch', 'It has been changed in between.');
}

type Value = AttributeValue | ReadonlySet<string> | null | undefined;

function find<Item>(items: readonly Item[], query: DirectoryQuery<string>, read: (item: Item, name: string) => Value) {
  const { filter, sort, startIndex, count } = query;
  const found = items.filter((item) => !filter || holds(filter, (name) => read(item, name)));
  if (sort) {
    const key = (item: Item) => String(read(item, sort.by) ?? '').toLowerCase();
    found.sort((a, b) => key(a).localeCompare(key(b)) * (sort.descending ? -1 : 1));
  }
  return { total: found.length, page: found.slice(startIndex - 1, startIndex - 1 + count) };
}

function holds(filter: DirectoryFilter<string>, read: (name: string) => Value): boolean {
  if (filter.op === 'and') return filter.filters.every((each) => holds(each, read));
  if (filter.op === 'or') return filter.filters.some((each) => holds(each, read));
  if (filter.op === 'not') return !holds(filter.filter, read);
  const value = read(filter.attribute);
  const isThere = value !== undefined && value !== null && !(value instanceof Set && value.size === 0);
  if (filter.op === 'pr') return isThere;
  if (filter.op === 'ne') return !holds({ ...filter, op: 'eq' }, read);
  if (!isThere) return false;
  if (value instanceof Set) return value.has(String(filter.value));
  const exact = ['id', 'externalId'].includes(filter.attribute);
  const [one, other] = [value, filter.value].map((each) => (exact ? String(each) : String(each).toLowerCase()));
  return compare(filter.op, one ?? '', other ?? '');
}

function compare(op: Comparison, one: string, other: string): boolean {
  switch (op) {
    case 'eq':
      return one === other;
    case 'ne':
      return one !== other;
    case 'co':
      return one.includes(other);
    case 'sw':
      return one.startsWith(other);
    case 'ew':
      return one.endsWith(other);
    case 'gt':
      return one > other;
    case 'ge':
      return one >= other;
    case 'lt':
      return one < other;
    case 'le':
      return one <= other;
  }
}

function userValue(user: DirectoryUser, name: string): Value {
  if (name.startsWith('attributes.')) return user.attributes[name.slice('attributes.'.length)];
  const values: Record<string, Value> = {
    ...{ id: user.id, externalId: user.externalId, userName: user.userName, active: user.active },
    ...{ displayName: user.name.formatted, givenName: user.name.given, familyName: user.name.family },
    ...{ createdAt: user.createdAt, updatedAt: user.updatedAt },
  };
  return known(values, name);
}

function groupValue(group: StoredGroup, name: string): Value {
  const { id, externalId, displayName, members, createdAt, updatedAt } = group;
  return known({ id, externalId, displayName, members, createdAt, updatedAt }, name);
}

function known(values: Record<string, Value>, name: string): Value {
  if (name in values) return values[name];
  throw new Error(`The protocol let a name through that is not the port's: ${name}`);
}
