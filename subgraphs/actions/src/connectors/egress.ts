import { type ConnectorManifest, type JsonObject, ToolError } from '@countersign/plugin-sdk';

/**
 * The origins that a connector may reach: those that it asks for, provided that each is named by the tenant's
 * configuration or stands in the manifest. The connector's own word alone opens nothing.
 *
 * @throws ToolError EGRESS_DENIED for an origin that nobody has named
 */
export function allowedOrigins(
  asked: readonly string[],
  manifest: Pick<ConnectorManifest, 'name' | 'origins'>,
  config: JsonObject,
): ReadonlySet<string> {
  const named = new Set([...manifest.origins, ...originsIn(config)]);
  for (const origin of asked) {
    if (named.has(origin)) continue;
    const message = `${manifest.name} asks to reach ${origin}, which neither its manifest nor the tenant's configuration names.`;
    throw new ToolError('EGRESS_DENIED', message, { params: { origin } });
  }
  return new Set([...manifest.origins, ...asked].filter((origin) => named.has(origin)));
}

/** The origin of every URL of HTTP that stands anywhere in a configuration. */
function originsIn(value: unknown): string[] {
  if (typeof value === 'string') {
    const url = URL.canParse(value) ? new URL(value) : null;
    return url?.protocol === 'https:' || url?.protocol === 'http:' ? [url.origin] : [];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(originsIn) : [];
}
