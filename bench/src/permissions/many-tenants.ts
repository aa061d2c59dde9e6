import { type Principal, requestContext, type TenantRules } from '@countersign/kernel';
import { percentile } from '../harness/figures.ts';
import { addDocuments, addTenants, type House, someone } from './house.ts';
import { memory } from './memory.ts';
import { duration, type Row, times } from './report.ts';
import { latencies } from './timing.ts';

const permission = 'knowledge:document:read';
/** How much slower a decision may become for the caches of the processor. */
const flat = 1.5;

/** The same decision in ever more tenants, one after the other: nothing of it may depend on how many there are. */
export async function measureTenants(house: House, counts: readonly number[], calls: number): Promise<Row[]> {
  const tenancies: Compiled[] = [];
  const rounds: Round[] = [];
  for (const count of counts) {
    const added = await addTenancies(house, tenancies.length, count - tenancies.length);
    const compiled = await compileRules(house, added);
    tenancies.push(...compiled.tenancies);
    rounds.push({ ...compiled, tenants: count, ...(await measureRound(house, tenancies, calls)) });
  }
  const [fewest, most] = [rounds[0], rounds.at(-1)];
  if (!fewest || !most) return [];
  return [
    ...rounds.map((each) => rowOf('decision', each, fewest, ({ decide }) => decide)),
    ...rounds.map((each) => rowOf('Access.check with its read', each, fewest, ({ check }) => check)),
    {
      what: `a tenant's first decision, ${most.tenants} tenants, p50`,
      measured: duration(percentile(most.first, 50)),
      beside: `${duration(percentile(fewest.first, 50))} at ${fewest.tenants}`,
      ratio: times(percentile(most.first, 50), percentile(fewest.first, 50)),
    },
    { what: 'memory of a tenant, JavaScript heap', measured: kibibytes(most.heap) },
    { what: '  resident, engine included', measured: kibibytes(most.resident) },
  ];
}

/** A tenant with three policies, somebody in it, and a document. */
interface Tenancy {
  readonly principal: Principal;
  readonly document: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface Compiled extends Tenancy {
  readonly rules: TenantRules;
}

interface Round {
  readonly tenants: number;
  /** Microseconds, sorted. */
  readonly first: readonly number[];
  readonly decide: readonly number[];
  readonly check: readonly number[];
  /** Bytes for each tenant that was added. */
  readonly heap: number;
  readonly resident: number;
}

async function addTenancies(house: House, from: number, count: number): Promise<Tenancy[]> {
  const numbers = Array.from({ length: count }, (_, index) => from + index);
  const tenants = await addTenants(
    house,
    numbers.map((number) => ({ policies: policiesOf(number) })),
  );
  const labels = numbers.map((number) => ({ classification: 1, department: `ward ${number}`, region: 'eu' }));
  const documents = tenants.map((tenant, index) => ({ tenant, title: 'Rounds', ...labels[index] }));
  const ids = await addDocuments(house, documents as Parameters<typeof addDocuments>[1]);
  return tenants.map((tenant, index) => ({
    principal: someone(tenant),
    document: ids[index] ?? '',
    attributes: {
      source: 'Handbook',
      title: 'Rounds',
      roles: ['staff'],
      ingestedByKind: 'user',
      ingestedById: 'bench',
      ...labels[index],
    },
  }));
}

/** No two tenants have the same text. None of them stops the reader. */
const policiesOf = (tenant: number): string[] => [
  `forbid (principal, action == Action::"${permission}", resource is Document)
     when { resource has department && resource.department == "closed ward ${tenant}" };`,
  `forbid (principal in Role::"guest ${tenant}", action == Action::"${permission}", resource is Document)
     when { resource.classification > 0 };`,
  `permit (principal in Group::"board ${tenant}", action == Action::"${permission}", resource is Document)
     when { context.hour >= 7 && context.hour < 20 };`,
];

/** The first decision of each tenant: its policies are read, compiled and asked. */
async function compileRules({ kernel: { database, access } }: House, added: readonly Tenancy[]) {
  const before = memory();
  const first: number[] = [];
  const tenancies: Compiled[] = [];
  for (const tenancy of added) {
    const start = performance.now();
    const { tenantId } = tenancy.principal;
    const rules = await database.read(tenancy.principal, (em) => access.rulesIn(em, tenantId));
    decide({ ...tenancy, rules });
    first.push((performance.now() - start) * 1_000);
    tenancies.push({ ...tenancy, rules });
  }
  const after = memory();
  return {
    tenancies,
    first: first.sort((a, b) => a - b),
    heap: (after.heap - before.heap) / added.length,
    resident: (after.resident - before.resident) / added.length,
  };
}

async function measureRound({ kernel: { access, log } }: House, tenancies: readonly Compiled[], calls: number) {
  const at = (turn: number): Compiled => {
    const tenancy = tenancies[turn % tenancies.length];
    if (!tenancy) throw new Error('There are no tenants.');
    return tenancy;
  };
  const taken = await latencies({ decide: (turn) => decide(at(turn)) }, Math.max(calls, 2 * tenancies.length));
  const checks = await latencies(
    {
      check: (turn) => {
        const { principal, document } = at(turn);
        return access.check(requestContext(principal, log), permission, { type: 'Document', id: document });
      },
    },
    calls,
  );
  return { ...taken, ...checks };
}

const monday = { now: '2026-11-23T09:30:00.000Z', hour: 9, minute: 30, weekday: 1, date: '2026-11-23', region: 'eu' };

function decide({ rules, principal, document, attributes }: Compiled): boolean {
  const { allowed } = rules.decide(principal, permission, { type: 'Document', id: document, attributes }, monday);
  if (!allowed) throw new Error('A tenant was answered from other policies than its own.');
  return allowed;
}

function rowOf(what: string, round: Round, fewest: Round, of: (round: Round) => readonly number[]): Row {
  const [own, first] = [percentile(of(round), 50), percentile(of(fewest), 50)];
  const row = { what: `${what}, ${round.tenants} tenants, p50`, measured: duration(own) };
  if (round === fewest) return row;
  return {
    ...row,
    beside: `${duration(first)} at ${fewest.tenants}`,
    ratio: times(own, first),
    wanted: `flat (<= x ${flat})`,
    isMet: own <= flat * first,
  };
}

const kibibytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`;
