import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Principal } from '@countersign/kernel';
import { keyIdOf } from '../src/services/decision-log/index.ts';
import type { Answer, Ground } from './ground.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');

/** The key that the tests' logs are signed with. */
export const signing = {
  config: { logKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
  id: keyIdOf(publicKey),
  keys: new Map([[keyIdOf(publicKey), publicKey]]),
};

export interface Exported {
  readonly text: string;
  readonly nextCursor: string | null;
  readonly count: number;
}

const query = `query ($since: DateTimeISO, $until: DateTimeISO, $after: String, $limit: Int, $format: DecisionLogFormat) {
  exportDecisionLog(since: $since, until: $until, after: $after, limit: $limit, format: $format) { text nextCursor count }
}`;

export const askExport = (ground: Ground, who: Principal, variables: object = {}): Promise<Answer> =>
  ground.ask(who, query, { ...variables });

/** One page of the export; fails on errors. */
export async function exportPage(ground: Ground, who: Principal, variables: object = {}): Promise<Exported> {
  const { data, errors } = await askExport(ground, who, variables);
  if (errors) throw new Error(errors[0]?.message);
  return data.exportDecisionLog;
}

/** All pages of an export, one behind the other. */
export async function exportAll(ground: Ground, who: Principal, variables: object = {}): Promise<string> {
  let text = '';
  for (let after: string | null = null; ; ) {
    const page: Exported = await exportPage(ground, who, { ...variables, after });
    text += page.text;
    if (page.nextCursor === null) return text;
    after = page.nextCursor;
  }
}

/** Waits until everything that was written is sealed and signed; answers the size of the log. */
export async function sealedAndSigned(ground: Ground): Promise<number> {
  for (let left = 100; left > 0; left -= 1) {
    const [state] = await ground.within((em) =>
      em.execute<{ open: number; size: number; signed: number }[]>(
        `select (select count(*)::int from actions.log_entry where seq is null) as open,
                (select coalesce(max(seq), 0) from actions.log_entry) as size,
                (select coalesce(max(tree_size), 0) from actions.log_tree_head) as signed`,
      ),
    );
    if (state && state.open === 0 && state.size > 0 && state.signed === state.size) return state.size;
    await sleep(50);
  }
  throw new Error('The log is not sealed and signed.');
}
