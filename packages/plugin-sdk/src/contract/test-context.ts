import type { Connector } from '../connector.ts';
import type { HttpClient } from '../http.ts';
import type { JsonObject } from '../json-schema.ts';
import type { Log, ToolContext } from '../tool.ts';
import { fetchClient, watchHttp } from './watched-http.ts';

export interface TestContextOptions {
  config: JsonObject;
  /** Default a new one. */
  idempotencyKey?: string;
  /** Default `contract-test`. */
  tenantId?: string;
  /** How long each request may take, in milliseconds; default 10,000. */
  timeoutMs?: number;
}

/** A context for a partner's own tests of one tool: the network under the host's rules, and no log. */
export function testContext(connector: Connector, options: TestContextOptions): ToolContext {
  const { config, idempotencyKey = crypto.randomUUID(), tenantId = 'contract-test', timeoutMs } = options;
  const origins = [...connector.egress(config), ...(connector.origins ?? [])];
  const { http } = watchHttp(origins, (request) => fetchClient({ timeoutMs, ...request }));
  return contextOf({ config, tenantId, http }, idempotencyKey);
}

export function contextOf(
  world: { config: JsonObject; tenantId: string; http: HttpClient },
  idempotencyKey: string,
): ToolContext {
  const { config, tenantId, http } = world;
  const quiet = () => undefined;
  const log: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  return { config, tenantId, http, idempotencyKey, log, signal: new AbortController().signal };
}
