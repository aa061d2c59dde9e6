import { setTimeout as sleep } from 'node:timers/promises';
import { readPublicKeys, verifyLogFile } from '@countersign/actions';
import type { CrashGround } from './ground.ts';
import { type CrashHouse, mostActions, orderOf } from './house.ts';
import type { Ledger } from './ledger.ts';
import { propose } from './load.ts';
import type { WorkerProcess } from './worker-process.ts';

export interface Row {
  id: string;
  key: string | null;
  status: string;
  revision: number;
  undoOf: string | null;
  /** Something is about to happen to it by itself. */
  due: boolean;
  approvals: number;
}

export interface World {
  readonly ground: CrashGround;
  readonly house: CrashHouse;
  readonly ledger: Ledger;
}

/** What did not come to rest, in so many milliseconds, is stuck. */
const patienceMs = 90_000;

/** Waits until nothing is under way any more. Answers the actions as they then are, and what still is under way. */
export async function comeToRest({ ground, house }: World): Promise<{ rows: Row[]; stuck: string[] }> {
  for (const deadline = performance.now() + patienceMs; ; await sleep(150)) {
    const rows = await read(ground, house);
    const open = await unsealed(ground, house);
    const stuck = rows
      .filter(({ status, due }) => underWay.has(status) || due)
      .map(({ id, status }) => `${id} stays ${status}.`);
    if (open > 0) stuck.push(`${open} entries of the log are not sealed.`);
    if (stuck.length === 0 || performance.now() > deadline) return { rows, stuck };
  }
}

/** An order for each action that is done, marked for each that is undone, none for the others, and none twice. */
export async function effectsAsRecorded(house: Pick<CrashHouse, 'effects'>, rows: readonly Row[]) {
  const effects = await house.effects();
  const firsts = rows.filter(({ undoOf }) => undoOf === null);
  const wrong = firsts.flatMap(({ id, status }) => {
    const [found, due] = [effects.get(id) ?? [], dueOf(status)];
    return found.join() === due.join() ? [] : [{ id, status, found, due }];
  });
  const nobodys = [...effects.keys()].filter((id) => !firsts.some((row) => row.id === id));
  return {
    effects: [...effects.values()].flat().length,
    doubled: [...effects.values()].filter((orders) => orders.length > 1).length,
    lost: wrong.filter(({ found, due }) => found.length < due.length).length,
    wrong: [
      ...wrong.map(({ id, status, found }) => `${id} is ${status}, and the hospital has [${found}].`),
      ...nobodys.map((id) => `The hospital has an order of ${id}, which is no action.`),
    ],
  };
}

/** What was acknowledged and is not so. */
export function promisesBroken({ ledger }: Pick<World, 'ledger'>, rows: readonly Row[]): string[] {
  const broken = ledger.all.flatMap(({ id, key, approvals, revision, lasting }) => {
    const row = rows.find((each) => each.id === id);
    if (!row) return [`${id} was acknowledged and is not there.`];
    const kept =
      row.key === key &&
      row.approvals >= approvals &&
      row.revision >= revision &&
      (lasting === null || lasting === row.status || (lasting === 'SUCCEEDED' && row.status === 'UNDONE'));
    return kept
      ? []
      : [`${JSON.stringify({ key, approvals, revision, lasting })} was acknowledged, not ${JSON.stringify(row)}.`];
  });
  const keys = rows.map(({ key }) => key).filter((key) => key !== null);
  return new Set(keys).size === keys.length ? broken : [...broken, 'A key names two actions.'];
}

/** As many more can be proposed as the limit and the actions themselves say. */
export async function roomIsRight({ house }: World, rows: readonly Row[], worker: WorkerProcess): Promise<string[]> {
  const used = rows.filter(({ undoOf, status }) => undoOf === null && !givesBack.has(status)).length;
  let room = 0;
  for (; room <= mostActions; room += 1) {
    const payload = await worker.ask(house.operator, propose, { input: orderOf(room, 'Is there room?') });
    if (payload?.userErrors?.[0]?.code === 'LIMIT_EXCEEDED') break;
    if (!payload?.action) return [`Nothing could be proposed: ${JSON.stringify(payload)}.`];
  }
  return room === mostActions - used ? [] : [`${used} of ${mostActions} are used, and there is room for ${room}.`];
}

/** The tenant's whole log as it is handed out, verified without the server, to its last entry. */
export async function logVerifies({ ground, house }: World, worker: WorkerProcess): Promise<string[]> {
  const [size] = (
    await ground.behind.query('select max(seq) as seq from actions.log_entry where tenant_id = $1', [house.tenantId])
  ).rows;
  const pages: Buffer[] = [];
  for (let after: string | null = null, goesOn = true; goesOn; goesOn = after !== null) {
    const page: Page | null = await worker.ask<Page>(house.admin, exportLog, { after });
    if (!page) return ['The log was not handed out.'];
    pages.push(Buffer.from(page.text));
    after = page.nextCursor;
  }
  const { rows } = await ground.behind.query('select public_key from actions.log_key');
  const keys = readPublicKeys(rows.map((row) => row.public_key).join('\n')) ?? new Map();
  const report = await verifyLogFile(pages, { keys, tenantId: house.tenantId });
  const whole = report.attestedTo >= size.seq && report.lastSeq >= size.seq;
  return report.ok && whole ? [] : [`The log of ${size.seq} entries does not verify: ${JSON.stringify(report)}`];
}

const underWay = new Set(['EXECUTING', 'UNKNOWN', 'UNDOING', 'SUBMITTED']);
/** What holds no room under a limit; nothing of it is to be tried again by now. */
const givesBack = new Set(['DENIED', 'REJECTED', 'EXPIRED', 'FAILED']);

function dueOf(status: string): string[] {
  if (status === 'SUCCEEDED') return ['active'];
  return status === 'UNDONE' ? ['entered-in-error'] : [];
}

async function read({ behind }: CrashGround, { tenantId }: CrashHouse): Promise<Row[]> {
  const { rows } = await behind.query<Row>(
    `select id, idempotency_key as key, status, revision, undo_of_id as "undoOf",
            (status = 'FAILED' and (retry_at is not null or lease_owner is not null))
              or (status in ('AWAITING_APPROVAL', 'APPROVED', 'STALE', 'FAILED') and expires_at <= now()) as due,
            (select count(*)::int from actions.approval
             where approval.action_id = action.id and decision = 'APPROVED') as approvals
     from actions.action where tenant_id = $1`,
    [tenantId],
  );
  return rows;
}

async function unsealed({ behind }: CrashGround, { tenantId }: CrashHouse): Promise<number> {
  const { rows } = await behind.query(
    'select count(*)::int as open from actions.log_entry where tenant_id = $1 and seq is null',
    [tenantId],
  );
  return rows[0].open;
}

interface Page {
  readonly text: string;
  readonly nextCursor: string | null;
}

const exportLog = 'query ($after: String) { exportDecisionLog(after: $after) { text nextCursor } }';
