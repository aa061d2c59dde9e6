import { type DecisionContext, type EntityManager, isUuid, objectFunction, type Principal } from '@countersign/kernel';

/** What was decided in one hour for one principal on one object, once or several times alike. */
export interface RecordedDecision {
  readonly kind: Principal['kind'];
  readonly id: string;
  readonly permission: string;
  /** Empty where the decision was about no object: a list, or the tenant as a whole. */
  readonly objectType: string;
  readonly objectId: string;
  readonly allowed: boolean;
  readonly times: number;
  readonly hour: Date;
  readonly lastAt: Date;
  /** What the decision looked at; null where it did not have to. */
  readonly object: Readonly<Record<string, unknown>> | null;
  readonly context: DecisionContext | null;
}

/** Records are kept by the hour: an hour that the period touches is in it as a whole. */
export interface Period {
  readonly since: Date;
  readonly until: Date;
}

const inPeriod = 'hour >= ? and last_at >= ? and hour < ?';
const hourMs = 3_600_000;

const boundsOf = ({ since, until }: Period): string[] => [
  new Date(Math.floor(since.getTime() / hourMs) * hourMs).toISOString(),
  since.toISOString(),
  until.toISOString(),
];

export async function countRecorded(em: EntityManager, period: Period): Promise<number> {
  const [row]: { rows: string | number }[] = await em.execute(
    `select count(*) as rows from kernel.access_decision where ${inPeriod}`,
    boundsOf(period),
  );
  return Number(row?.rows ?? 0);
}

/** A page of them in the order of the table's key, from behind one. */
export async function recordedAfter(
  em: EntityManager,
  period: Period,
  last: RecordedDecision | undefined,
  limit: number,
): Promise<RecordedDecision[]> {
  const key = 'hour, principal_kind, principal_id, permission, object_type, object_id, allowed';
  const rows: (Omit<RecordedDecision, 'hour' | 'lastAt'> & { hour: Date | string; lastAt: Date | string })[] =
    await em.execute(
      `select principal_kind as kind, principal_id as id, permission, object_type as "objectType",
         object_id as "objectId", allowed, times, hour, last_at as "lastAt", object, context
       from kernel.access_decision
       where ${inPeriod} ${last ? `and (${key}) > (?, ?, ?, ?, ?, ?, ?)` : ''}
       order by ${key} limit ?`,
      [...boundsOf(period), ...(last ? keyOf(last) : []), limit],
    );
  return rows.map((row) => ({ ...row, hour: new Date(row.hour), lastAt: new Date(row.lastAt) }));
}

const keyOf = ({ hour, kind, id, permission, objectType, objectId, allowed }: RecordedDecision) => [
  hour.toISOString(),
  kind,
  id,
  permission,
  objectType,
  objectId,
  allowed,
];

/** What policies see of objects of one declared type, by id; those that are gone are missing. */
export async function readObjects(
  em: EntityManager,
  type: string,
  ids: readonly string[],
): Promise<Map<string, Record<string, unknown>>> {
  const asked = [...new Set(ids.filter(isUuid))];
  if (asked.length === 0) return new Map();
  const rows: { id: string; object: Record<string, unknown> | null }[] = await em.execute(
    `select asked.id, ${objectFunction(type)}(asked.id::uuid) as object
     from jsonb_array_elements_text(?::jsonb) as asked (id)`,
    [JSON.stringify(asked)],
  );
  return new Map(rows.flatMap(({ id, object }) => (object ? [[id, object] as const] : [])));
}
