import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { problem } from '@countersign/kernel';
import { type ConnectorManifest, PROTOCOL_VERSION, type ToolManifest } from '@countersign/plugin-sdk';
import type { Measured } from './autonomy/index.ts';

/** A connector that is there to be configured. */
export interface KnownConnector {
  readonly manifest: ConnectorManifest;
  /** The one file that its child process runs. */
  readonly bundle: string;
}

export interface KnownTool {
  /** Connector and tool, such as `fhir.createServiceRequest`. */
  readonly name: string;
  readonly manifest: ToolManifest;
  readonly connector: KnownConnector;
}

/** As much of a tool as says how far it may go without people. */
export const measured = ({ name, manifest }: Pick<KnownTool, 'name' | 'manifest'>): Measured => ({
  tool: name,
  risk: manifest.risk,
  reversible: manifest.reversibility === 'REVERSIBLE',
});

/** The connectors of this process and their tools, read from their manifests without running them. */
export class ToolCatalogue {
  readonly connectors: ReadonlyMap<string, KnownConnector>;

  constructor(connectors: readonly KnownConnector[]) {
    this.connectors = new Map(connectors.map((connector) => [connector.manifest.name, connector]));
  }

  /** The tool of that name, such as `fhir.createServiceRequest`. */
  tool(name: string): KnownTool | undefined {
    const [connectorName = '', toolName] = name.split('.');
    const connector = this.connectors.get(connectorName);
    const manifest = connector?.manifest.tools.find((tool) => tool.name === toolName);
    return connector && manifest && { name, manifest, connector };
  }

  /** The tool of an action. Refuses with `TOOL_NOT_FOUND`. */
  insistTool(name: string): KnownTool {
    const tool = this.tool(name);
    if (tool) return tool;
    throw problem('TOOL_NOT_FOUND', `The tool ${name} is not here any more: its connector was removed.`);
  }

  /** The tool that an input names. Refuses with `TOOL_NOT_FOUND`. */
  insistNamed(name: string): KnownTool {
    const tool = this.tool(name);
    if (tool) return tool;
    const message = `There is no tool ${name}; \`connectors\` lists those that there are.`;
    throw problem('TOOL_NOT_FOUND', message, ['input', 'tool']);
  }

  /** The connector that an input names. Refuses with `CONNECTOR_UNKNOWN`. */
  insistConnector(name: string): KnownConnector {
    const connector = this.connectors.get(name);
    if (connector) return connector;
    const names = [...this.connectors.keys()].join(', ') || 'none';
    throw problem('CONNECTOR_UNKNOWN', `There is no connector ${name}; there are ${names}.`, ['input', 'connector']);
  }
}

/**
 * Reads the connectors of a folder: `<name>/dist/manifest.json` with `connector.mjs` beside it. Throws for a manifest of
 * another protocol; a folder without a build is passed over.
 */
export function loadCatalogue(folder: string = pluginsFolder()): ToolCatalogue {
  const plugins = existsSync(folder) ? readdirSync(folder).sort() : [];
  const built = plugins
    .map((name) => join(folder, name, 'dist'))
    .filter((dist) => existsSync(join(dist, 'manifest.json')));
  return new ToolCatalogue(
    built.map((dist) => {
      const manifest: ConnectorManifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8'));
      if (manifest.protocol.major !== PROTOCOL_VERSION.major) {
        throw new Error(
          `${dist}: speaks protocol ${manifest.protocol.major}.x, this product ${PROTOCOL_VERSION.major}.x.`,
        );
      }
      // Of a tool that does not say, data of persons is expected.
      const tools = manifest.tools.map((tool) => ({ ...tool, dataClass: tool.dataClass ?? 'PII' }));
      return { manifest: { ...manifest, tools }, bundle: join(dist, 'connector.mjs') };
    }),
  );
}

/** The `plugins` folder of the house, found from here upwards. */
function pluginsFolder(): string {
  const here = fileURLToPath(import.meta.url);
  for (let folder = dirname(here); folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, 'plugins');
    if (existsSync(join(folder, 'package.json')) && existsSync(candidate)) return candidate;
  }
  return join(dirname(here), 'plugins');
}
