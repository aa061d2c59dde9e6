import type { Filter } from 'scim2-parse-filter';
import { readOnlyAttributes } from './attribute-path.ts';
import type { GroupChange } from './directory.ts';
import { parseFilter } from './filter.ts';
import { groupExternalId, groupName, memberIds } from './group-resource.ts';
import { type PatchOperation, refuseReadOnly } from './patch-request.ts';
import { badRequest } from './scim-error.ts';

/**
 * A PATCH on a group as a change that says only what changes, so that nobody has to read the members that stay.
 * Operations are followed in their order: who is added and then removed is removed.
 */
export function groupChange(id: string, operations: readonly PatchOperation[]): GroupChange {
  const members = new MemberChange();
  let displayName: string | undefined;
  let externalId: string | null | undefined;
  for (const operation of operations) {
    const { op, path, value, explicit } = operation;
    if (path.schema !== 'core') continue;
    if (path.attribute === 'members') {
      changeMembers(members, operation);
    } else if (readOnlyAttributes.has(path.attribute)) {
      refuseReadOnly(operation, id);
    } else if (path.attribute === 'displayName') {
      assertWhole(operation);
      if (op === 'remove') throw badRequest('mutability', 'A group has a displayName, always.');
      displayName = groupName(value);
    } else if (path.attribute === 'externalId') {
      assertWhole(operation);
      externalId = op === 'remove' ? null : groupExternalId(value);
    } else if (explicit) {
      throw badRequest('invalidPath', `A group has no attribute "${path.attribute}".`);
    }
  }
  return {
    ...(displayName !== undefined && { displayName }),
    ...(externalId !== undefined && { externalId }),
    ...(members.isAny && { members: members.result }),
  };
}

class MemberChange {
  #replace: Set<string> | undefined;
  readonly #add = new Set<string>();
  readonly #remove = new Set<string>();

  add(ids: readonly string[]): void {
    for (const id of ids) {
      this.#remove.delete(id);
      (this.#replace ?? this.#add).add(id);
    }
  }

  remove(ids: readonly string[]): void {
    for (const id of ids) {
      (this.#replace ?? this.#add).delete(id);
      if (!this.#replace) this.#remove.add(id);
    }
  }

  replace(ids: readonly string[]): void {
    this.#replace = new Set(ids);
    this.#add.clear();
    this.#remove.clear();
  }

  get isAny(): boolean {
    return this.#replace !== undefined || this.#add.size + this.#remove.size > 0;
  }

  get result(): GroupChange['members'] {
    return {
      ...(this.#replace && { replace: [...this.#replace] }),
      add: [...this.#add],
      remove: [...this.#remove],
    };
  }
}

function changeMembers(members: MemberChange, { op, path, value }: PatchOperation): void {
  if (path.sub !== undefined) throw badRequest('mutability', 'A member is added or removed, not changed.');
  if (path.filter !== undefined && op !== 'remove') {
    throw badRequest('mutability', 'A member is added or removed, not changed.');
  }
  if (path.filter !== undefined) members.remove(idsIn(parseFilter(path.filter)));
  // An empty list takes nobody away; only a remove without any value takes everybody.
  else if (op === 'remove' && value !== undefined) members.remove(memberIds(value));
  else if (op === 'add') members.add(value === undefined ? [] : memberIds(value));
  else members.replace(value === undefined ? [] : memberIds(value));
}

/** The ids in `value eq "a" or value eq "b"`. */
function idsIn(filter: Filter): readonly string[] {
  if (filter.op === 'or') return filter.filters.flatMap(idsIn);
  if (filter.op === 'eq' && filter.attrPath.toLowerCase() === 'value' && typeof filter.compValue === 'string') {
    return [filter.compValue];
  }
  throw badRequest('invalidFilter', 'Members are found by their id: members[value eq "2819c223"].');
}

function assertWhole({ path }: PatchOperation): void {
  if (path.filter === undefined && path.sub === undefined) return;
  throw badRequest('invalidPath', `"${path.attribute}" is one value and has no parts.`);
}
