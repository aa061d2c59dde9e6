import type { PGlite } from '@electric-sql/pglite';
import type { ConstructorOptions } from 'pg-boss';
import type { Turnstile } from '../database/pglite.ts';

/**
 * Lets pg-boss work on the embedded database, taking turns with everyone else. pg-boss expects a pool, where a failed
 * statement spoils nobody else's: so whatever a failing command left open is rolled back within its own turn.
 */
export function embeddedQueue(pglite: PGlite, turnstile: Turnstile): NonNullable<ConstructorOptions['db']> {
  return {
    executeSql: (text, values = []) =>
      turnstile.run(async () => {
        try {
          if (values.length > 0) return await pglite.query(text, values);
          // Without parameters it may be several statements; pg-boss wants the rows of all of them.
          const results = await pglite.exec(text);
          return { rows: results.flatMap((result) => result.rows) };
        } catch (error) {
          await pglite.exec('rollback');
          throw error;
        }
      }),
    listen: async (channel, onNotification, onReconnect) => {
      const unlisten = await turnstile.run(() => pglite.listen(channel, onNotification));
      onReconnect();
      return { close: () => turnstile.run(() => unlisten()) };
    },
  };
}
