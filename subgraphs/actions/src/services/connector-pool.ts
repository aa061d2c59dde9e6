import { dirname } from 'node:path';
import type { Logger } from '@countersign/kernel';
import type { JsonObject, OperationResults, ToolOperation } from '@countersign/plugin-sdk';
import { ConnectorHost } from '../connectors/index.ts';
import { canonicalJson } from './decision-log/index.ts';
import type { ToolRequest } from './tool-calls.ts';
import type { KnownConnector } from './tool-catalogue.ts';

interface Running {
  readonly host: ConnectorHost;
  readonly configText: string;
}

/** The connectors at work, one process for each tenant and connector, begun again when the configuration changes. */
export class ConnectorPool {
  readonly #log: Logger;
  readonly #running = new Map<string, Running>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Carries out one operation of a tool. Throws `ToolError`. */
  async call<Operation extends ToolOperation>(request: ToolRequest<Operation>): Promise<OperationResults[Operation]> {
    const { tool, operation, payload, idempotencyKey, timeoutMs } = request;
    const host = this.#hostOf(tool.connector, request.tenantId, request.config);
    return host.call(tool.manifest.name, operation, payload, { idempotencyKey, timeoutMs });
  }

  async close(): Promise<void> {
    const running = [...this.#running.values()];
    this.#running.clear();
    await Promise.all(running.map(({ host }) => host.close()));
  }

  #hostOf({ manifest, bundle }: KnownConnector, tenantId: string, config: JsonObject): ConnectorHost {
    const key = `${tenantId} ${manifest.name}`;
    const configText = canonicalJson(config);
    const running = this.#running.get(key);
    if (running?.configText === configText) return running.host;
    if (running) void running.host.close();
    const host = new ConnectorHost({ bundleDir: dirname(bundle), manifest, tenantId, config, log: this.#log });
    this.#running.set(key, { host, configText });
    return host;
  }
}
