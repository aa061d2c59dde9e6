import { assignRole, revokeRole } from './assignment-changes.ts';
import { setAttributeSchema } from './attribute-schema-changes.ts';
import type { ChangeKind } from './change.ts';
import { createGroup, deleteGroup, updateGroup } from './group-changes.ts';
import { addGroupMembers, removeGroupMembers } from './group-member-changes.ts';
import { createApiKey, revokeApiKey, rotateOwnKey, takeOverKey } from './key-changes.ts';
import { grantOperatorAccess, revokeOperatorAccess } from './operator-changes.ts';
import { configureProvider, removeProvider } from './provider-changes.ts';
import { createRole, deleteRole, updateRole } from './role-changes.ts';
import { scimChangeGroup, scimCreateGroup, scimDeleteGroup, scimReplaceGroup } from './scim-group-changes.ts';
import { scimCreateUser, scimDeleteUser, scimReplaceUser } from './scim-user-changes.ts';
import { updateAccessSettings } from './settings-changes.ts';
import { updateUserAttributes } from './user-attribute-changes.ts';
import { createUser, deactivateUser, reactivateUser, updateUser } from './user-changes.ts';

/** Every kind of change, so that those that wait are found again. */
export const changeKinds: readonly ChangeKind[] = [
  createApiKey,
  rotateOwnKey,
  takeOverKey,
  revokeApiKey,
  configureProvider,
  removeProvider,
  grantOperatorAccess,
  revokeOperatorAccess,
  createRole,
  updateRole,
  deleteRole,
  assignRole,
  revokeRole,
  createGroup,
  updateGroup,
  deleteGroup,
  addGroupMembers,
  removeGroupMembers,
  createUser,
  updateUser,
  deactivateUser,
  reactivateUser,
  updateUserAttributes,
  setAttributeSchema,
  updateAccessSettings,
  scimCreateUser,
  scimReplaceUser,
  scimDeleteUser,
  scimCreateGroup,
  scimReplaceGroup,
  scimChangeGroup,
  scimDeleteGroup,
];
