import type { EntityManager } from '@countersign/kernel';

/** Sets what is given, and leaves everything else as it is. */
export const writeAccessSettings = (
  em: EntityManager,
  timeZone: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<unknown> =>
  em.execute('update kernel.access set time_zone = ?, settings = settings || ?::jsonb', [
    timeZone,
    JSON.stringify(settings),
  ]);
