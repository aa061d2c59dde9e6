import { type Access, CountersignError, type Database, type EntityManager } from '@countersign/kernel';
import { HealthState } from '../entities/tool-health.ts';
import { type SickTool, sickTools } from '../statements.ts';
import type { Breakers } from './calls/breakers.ts';
import type { ToolCatalogue } from './tool-catalogue.ts';
import { type Viewer, VisibleActions } from './visible-actions.ts';

/** How well a connector's other side is, for one tenant. */
export interface StatusOfConnector {
  readonly connector: string;
  readonly state: HealthState;
  /** Null while all is well; so are the two below. */
  readonly degradedSince: Date | null;
  /** The code of the fault that it failed with. */
  readonly reason: string | null;
  readonly nextProbeAt: Date | null;
  /** Those of its tools that are not called to change anything. */
  readonly tools: readonly string[];
}

/** Says which connectors are left alone, since when, and what waits for them. */
export class ConnectorStatuses {
  readonly #database: Database;
  readonly #access: Access;
  readonly #catalogue: ToolCatalogue;
  readonly #breakers: Breakers;

  constructor(parts: { database: Database; access: Access; catalogue: ToolCatalogue; breakers: Breakers }) {
    this.#database = parts.database;
    this.#access = parts.access;
    this.#catalogue = parts.catalogue;
    this.#breakers = parts.breakers;
  }

  /** Of all connectors that there are, or of one. Throws `BAD_REQUEST` for one that there is not. */
  async all({ principal }: Viewer, connector: string | null): Promise<StatusOfConnector[]> {
    const known = [...this.#catalogue.connectors.keys()];
    if (connector !== null && !known.includes(connector)) {
      const message = `There is no connector ${connector}; there are ${known.join(', ') || 'none'}.`;
      throw new CountersignError('BAD_REQUEST', message);
    }
    const sick = await this.#database.read(principal, sickTools);
    return (connector === null ? known : [connector]).map((name) => statusOf(name, sick));
  }

  /** Of the connector of a tool that is left alone, as far as this process knows; null where all is well. */
  degraded(tenantId: string, tool: string): StatusOfConnector | null {
    const sick = this.#breakers.sickOf(tenantId);
    return sick.some((each) => each.tool === tool) ? statusOf(connectorOf(tool), sick) : null;
  }

  /** How many actions wait for the connector, of those that the viewer may see, counted up to `mostCounted`. */
  waiting(viewer: Viewer, connector: string): Promise<number> {
    return this.#database.read(viewer.principal, async (em: EntityManager) => {
      const visible = await VisibleActions.to(viewer, em, this.#access);
      const waiting = await visible
        .select()
        .andWhere({ status: 'APPROVED', waitingSince: { $ne: null }, tool: { $like: `${connector}.%` } })
        .limit(mostCounted)
        .getResultList();
      return waiting.length;
    });
  }
}

export const mostCounted = 100;

function statusOf(connector: string, all: readonly SickTool[]): StatusOfConnector {
  const sick = all
    .filter(({ tool }) => connectorOf(tool) === connector)
    .sort((a, b) => a.since.getTime() - b.since.getTime());
  const [first] = sick;
  if (!first) {
    return {
      connector,
      state: HealthState.CLOSED,
      degradedSince: null,
      reason: null,
      nextProbeAt: null,
      tools: [],
    };
  }
  const isOpen = sick.every(({ state }) => state === HealthState.OPEN);
  return {
    connector,
    state: isOpen ? HealthState.OPEN : HealthState.HALF_OPEN,
    degradedSince: first.since,
    reason: first.reason,
    nextProbeAt: new Date(Math.min(...sick.map(({ nextProbeAt }) => nextProbeAt.getTime()))),
    tools: sick.map(({ tool }) => tool).sort(),
  };
}

const connectorOf = (tool: string): string => tool.split('.')[0] ?? tool;
