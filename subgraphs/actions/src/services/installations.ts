import {
  type Database,
  type EntityManager,
  type EventOrigin,
  inOrder,
  isUuid,
  newId,
  type Principal,
  UserProblem,
} from '@countersign/kernel';
import { checkAgainstSchema } from '@countersign/plugin-sdk';
import { ConnectorInstallation } from '../entities/connector-installation.ts';
import { HealthState, ToolHealth } from '../entities/tool-health.ts';
import type { JsonObject } from './decision-log/index.ts';
import type { LogWriter } from './log-writer.ts';
import { assertStorable } from './storable.ts';
import type { KnownConnector, ToolCatalogue } from './tool-catalogue.ts';

/** Which connectors a tenant has configured, and how. */
export class Installations {
  readonly #database: Database;
  readonly #catalogue: ToolCatalogue;
  readonly #log: LogWriter;
  readonly #now: () => Date;

  constructor(parts: { database: Database; catalogue: ToolCatalogue; log: LogWriter; now: () => Date }) {
    this.#database = parts.database;
    this.#catalogue = parts.catalogue;
    this.#log = parts.log;
    this.#now = parts.now;
  }

  /** All connectors that are there, each with the tenant's configuration of it. */
  async all(
    principal: Principal,
  ): Promise<{ connector: KnownConnector; installation: ConnectorInstallation | null }[]> {
    const installations = await this.#database.read(principal, (em) => em.find(ConnectorInstallation, {}));
    return [...this.#catalogue.connectors.values()].map((connector) => ({
      connector,
      installation: installations.find((each) => each.connector === connector.manifest.name) ?? null,
    }));
  }

  /** Configurations by id, in the order of the ids; null for those of other tenants or unknown. */
  many(principal: Principal, ids: readonly string[]): Promise<(ConnectorInstallation | null)[]> {
    return this.#database.read(principal, async (em) => {
      const installations = await em.find(ConnectorInstallation, { id: { $in: ids.filter(isUuid) } });
      return inOrder(ids, installations);
    });
  }

  /** Refuses with `CONNECTOR_UNKNOWN` or, with where and why, `CONFIG_INVALID`. */
  async configure(connector: string, config: unknown, origin: EventOrigin): Promise<ConnectorInstallation> {
    const known = this.#catalogue.insistConnector(connector);
    const checked = checkConfig(known, config);
    return this.#database.withTenant(origin.principal, async (em) => {
      const installation = await this.#store(em, known, checked, origin);
      const facts = {
        subject: 'connector',
        connector,
        version: known.manifest.version,
        installationId: installation.id,
      };
      this.#log.appendGeneral(em, origin, 'CONFIGURATION', { facts, values: { config: checked } });
      // What failed as it was configured before says little now: the next call finds out.
      const sick = { connector, state: { $ne: HealthState.CLOSED } };
      await em.nativeUpdate(ToolHealth, sick, { nextProbeAt: this.#now() });
      return installation;
    });
  }

  async #store(
    em: EntityManager,
    { manifest }: KnownConnector,
    config: JsonObject,
    { principal }: EventOrigin,
  ): Promise<ConnectorInstallation> {
    const content = { version: manifest.version, config, updatedAt: this.#now() };
    const installed = await em.findOne(ConnectorInstallation, { connector: manifest.name });
    if (installed) return em.assign(installed, content);
    const fresh = { id: newId(), tenantId: principal.tenantId, connector: manifest.name, ...content };
    const created = em.create(ConnectorInstallation, fresh);
    em.persist(created);
    return created;
  }
}

function checkConfig({ manifest }: KnownConnector, config: unknown): JsonObject {
  assertStorable(config, ['input', 'config']);
  const { value, problems } = checkAgainstSchema(manifest.configSchema, config, 'CONFIG_INVALID');
  const found = [...problems, ...(problems.length === 0 ? strangeAddresses(value) : [])];
  if (found.length > 0) {
    throw new UserProblem(
      ...found.map(({ code, message, path = [] }) => ({
        code,
        message,
        path: ['input', 'config', ...path],
        params: null,
      })),
    );
  }
  return value as JsonObject; // The schema of a configuration is that of an object.
}

/** What is written as a URL must be one of the web: the connector's requests go there. */
function strangeAddresses(config: unknown): { code: string; message: string; path: string[] }[] {
  return Object.entries(config ?? {}).flatMap(([name, value]) => {
    if (typeof value !== 'string' || !/^[a-z][a-z0-9+.-]*:/i.test(value) || !URL.canParse(value)) return [];
    if (['http:', 'https:'].includes(new URL(value).protocol)) return [];
    return [
      { code: 'CONFIG_INVALID', message: `${name} must begin with http:// or https://, not "${value}".`, path: [name] },
    ];
  });
}
