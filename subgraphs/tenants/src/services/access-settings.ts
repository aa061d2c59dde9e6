import { CountersignError, type EntityManager, problem, readAccess } from '@countersign/kernel';
import { z } from 'zod';
import { type AccessSettings, SchemaIntrospection, SensitiveFields } from '../entities/access-settings.ts';

const stored = z.object({
  permissionChangesNeedApproval: z.boolean().default(false),
  sensitiveFields: z.enum(SensitiveFields).default(SensitiveFields.MASK),
  introspection: z.enum(SchemaIntrospection).default(SchemaIntrospection.OPEN),
});

/** What the tenant set, and what holds where it set nothing. */
export async function readAccessSettings(em: EntityManager): Promise<AccessSettings> {
  const access = await readAccess(em);
  if (!access) throw new CountersignError('NOT_FOUND', 'There is no such tenant.');
  return { ...stored.parse(access.settings), timeZone: access.timeZone };
}

/** The time zone as policies know it. Refuses with `TIME_ZONE_UNKNOWN` what is not in the IANA database. */
export function insistTimeZone(wanted: string, path: string[]): string {
  const known = Intl.supportedValuesOf('timeZone');
  const zone = [...known, 'UTC'].find((each) => each.toLowerCase() === wanted.toLowerCase()) ?? linked(wanted);
  if (zone) return zone;
  const message = 'A time zone is named as in the IANA database, such as Europe/Berlin.';
  throw problem('TIME_ZONE_UNKNOWN', message, path, { timeZone: wanted.slice(0, 100) });
}

/** Names that the database keeps for what was renamed (`Asia/Calcutta`); an offset such as `+02:00` is no time zone. */
function linked(wanted: string): string | null {
  if (!/^[A-Za-z][\w+-]*(\/[\w+-]+)+$/.test(wanted)) return null;
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: wanted }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}
