import { problem } from '@countersign/kernel';
import type { AccessSettings } from '../../entities/access-settings.ts';
import { writeAccessSettings } from '../../statements/access-settings.ts';
import { insistTimeZone, readAccessSettings } from '../access-settings.ts';
import { insistTwoAdmins } from './admins-left.ts';
import { changeKind } from './change.ts';

/** What is absent stays as it is. */
export interface SettingsUpdate extends Partial<AccessSettings> {
  readonly reason: string | null;
}

/**
 * Refuses with `TIME_ZONE_UNKNOWN`, `SETTINGS_UNCHANGED`, and with `SECOND_PERSON_NEEDED` where approval is switched on
 * and nobody would be there to approve.
 */
export const updateAccessSettings = changeKind<SettingsUpdate, AccessSettings>({
  name: 'access.settings',
  permission: 'tenants:access:administer',
  apply: async (em, { reason: _, ...wanted }, { principal }) => {
    const before = await readAccessSettings(em);
    const timeZone =
      wanted.timeZone === undefined ? before.timeZone : insistTimeZone(wanted.timeZone, ['input', 'timeZone']);
    const after: AccessSettings = { ...before, ...wanted, timeZone };
    if (JSON.stringify(after) === JSON.stringify(before)) {
      throw problem('SETTINGS_UNCHANGED', 'Everything is set just so already.', ['input']);
    }
    if (after.permissionChangesNeedApproval && !before.permissionChangesNeedApproval) {
      await insistTwoAdmins(em, ['input', 'permissionChangesNeedApproval']);
    }
    const { timeZone: zone, ...settings } = after;
    await writeAccessSettings(em, zone, settings);
    const subject = { type: 'AccessSettings', id: principal.tenantId, name: 'settings' };
    return { result: after, subject, before, after };
  },
});
