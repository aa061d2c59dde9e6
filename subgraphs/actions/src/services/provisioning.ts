import { type Database, newId, servicePrincipal } from '@countersign/kernel';
import type { ConnectorInstallation } from '../entities/connector-installation.ts';
import { Installations } from './installations.ts';
import { LogWriter } from './log-writer.ts';
import { loadCatalogue, type ToolCatalogue } from './tool-catalogue.ts';

/**
 * Configures a connector for a tenant without anybody signed in, as the demo's seeding does. Refuses as the mutation
 * does: `CONNECTOR_UNKNOWN`, `CONFIG_INVALID`.
 */
export function provisionConnector(
  database: Database,
  tenantId: string,
  what: { connector: string; config: object },
  catalogue: ToolCatalogue = loadCatalogue(),
): Promise<ConnectorInstallation> {
  const now = () => new Date();
  const installations = new Installations({ database, catalogue, log: new LogWriter(now), now });
  const principal = servicePrincipal(tenantId, 'provisioning', []);
  return installations.configure(what.connector, what.config, { principal, correlationId: newId() });
}
