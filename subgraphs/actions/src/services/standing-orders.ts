import type { EntityManager } from '@countersign/kernel';
import { ActionGate, gateOf } from '../entities/action-gate.ts';
import { ConnectorInstallation } from '../entities/connector-installation.ts';
import { Suspension } from '../entities/suspension.ts';
import { type InForce, inForce, type Measured, type Setting } from './autonomy/index.ts';
import { readAutonomy, type Standing } from './autonomy-standing.ts';
import type { JsonObject } from './decision-log/index.ts';
import type { Gate } from './gates/index.ts';

/** What a tenant has set for its actions, and what holds until it is set anew. */
export interface StandingOrders {
  /** By name. */
  readonly gates: readonly Gate[];
  readonly suspensions: readonly Stop[];
  readonly settings: readonly Setting[];
  /** By tool. */
  readonly standings: ReadonlyMap<string, Standing>;
  /** By connector. */
  readonly configs: ReadonlyMap<string, JsonObject>;
}

/** What is stopped, by whose words and since when. */
export type Stop = Pick<Suspension, 'scope' | 'name' | 'reason' | 'since'>;

/** How many tenants' orders are remembered. */
const most = 1_000;
/** By version, which no two states of any tenant share. */
const remembered = new Map<string, StandingOrders>();
const asked = new WeakMap<EntityManager, Promise<StandingOrders>>();

/**
 * The orders of the tenant whose transaction it is, as they stand when the transaction first asks. They are asked for at
 * every step and seldom change: what is read then is their version, which the database changes with each of them.
 */
export function ordersOf(em: EntityManager): Promise<StandingOrders> {
  const known = asked.get(em);
  if (known) return known;
  const found = find(em);
  asked.set(em, found);
  return found;
}

async function find(em: EntityManager): Promise<StandingOrders> {
  // The version before what it is of: what is changed in between is then read again by the next who asks.
  const [row]: { version: string }[] = await em.execute(
    'select version from actions.standing_orders where tenant_id = kernel.tenant_id()',
  );
  const known = row && remembered.get(row.version);
  const orders = known ?? (await read(em));
  if (row) remember(row.version, orders);
  return orders;
}

async function read(em: EntityManager): Promise<StandingOrders> {
  const gates = await em.find(ActionGate, {}, { orderBy: { name: 'asc' } });
  const suspensions = await em.find(Suspension, {});
  const installations = await em.find(ConnectorInstallation, {});
  return {
    gates: gates.map(gateOf),
    suspensions: suspensions.map(({ scope, name, reason, since }) => ({ scope, name, reason, since })),
    ...(await readAutonomy(em)),
    configs: new Map(installations.map(({ connector, config }) => [connector, config])),
  };
}

/** Whose were not asked for the longest are forgotten first. */
function remember(version: string, orders: StandingOrders): void {
  remembered.delete(version);
  remembered.set(version, orders);
  const [oldest] = remembered.keys();
  if (remembered.size > most && oldest !== undefined) remembered.delete(oldest);
}

/** How far the tool goes at this moment, in the tenant whose transaction it is. */
export async function levelOf(em: EntityManager, tool: Measured): Promise<InForce> {
  const { settings, standings } = await ordersOf(em);
  return inForce(tool, settings, standings.get(tool.tool) ?? null);
}
