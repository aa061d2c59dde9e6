import { checkAmount } from './amount.ts';
import { millisecondsOf } from './exact-duration.ts';
import type { JsonObject, ObjectSchema } from './json-schema.ts';
import type { Tool } from './tool.ts';

/** Another system, and what can be done in it. */
export interface Connector {
  /** In camelCase, e.g. `fhir`. */
  readonly name: string;
  /** Semantic version. A breaking change of a tool's schema needs a new major version. */
  readonly version: string;
  readonly title: string;
  readonly description: string;
  /** What a tenant configures, e.g. `{ baseUrl }`. Secrets do not belong here: the host adds them to requests. */
  readonly configSchema: ObjectSchema;
  /**
   * The origins that a tenant's configuration opens, e.g. `[new URL(config.baseUrl).origin]`. The host holds each
   * against what the configuration or `origins` names, and refuses the rest.
   */
  egress(config: JsonObject): readonly string[];
  /** Origins that are the same for every tenant, e.g. `https://api.example.com`. They stand in the manifest. */
  readonly origins?: readonly string[];
  readonly tools: readonly Tool[];
}

/**
 * Checks what every connector must hold to, so that a mistake shows when its file is loaded.
 * @throws TypeError that says which part is wrong and what would be right
 */
export function defineConnector(connector: Connector): Connector {
  checkName('connector', connector.name);
  checkVersion(connector.name, connector.version);
  for (const origin of connector.origins ?? []) checkOrigin(connector.name, origin);
  const names = new Set<string>();
  for (const tool of connector.tools) {
    checkName('tool', tool.name);
    checkVersion(tool.name, tool.version);
    checkAmount(tool);
    if (names.has(tool.name)) throw new TypeError(`Connector ${connector.name} has two tools named ${tool.name}.`);
    names.add(tool.name);
    if (tool.undoWithin !== undefined && millisecondsOf(tool.undoWithin) === null) {
      const wanted = 'it is an ISO 8601 duration of exact length, such as PT48H or P30D';
      throw new TypeError(`Tool ${tool.name} can be undone within "${tool.undoWithin}": ${wanted}.`);
    }
    if (tool.reversibility === 'reversible' && tool.compensate === undefined) {
      throw new TypeError(`Tool ${tool.name} is reversible and has no compensate: add it, or say irreversible.`);
    }
  }
  if (names.size === 0) throw new TypeError(`Connector ${connector.name} has no tools: it needs at least one.`);
  return connector;
}

function checkName(kind: string, name: string): void {
  if (/^[a-z][A-Za-z0-9]*$/.test(name)) return;
  throw new TypeError(`"${name}" cannot name a ${kind}: a letter a-z first, then letters and digits (camelCase).`);
}

function checkVersion(name: string, version: string): void {
  if (/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version)) return;
  throw new TypeError(`The version of ${name} is "${version}"; it must be like 1.0.0.`);
}

function checkOrigin(name: string, origin: string): void {
  if (URL.canParse(origin) && new URL(origin).origin === origin) return;
  throw new TypeError(`Connector ${name} names the origin "${origin}"; it must be like https://api.example.com.`);
}
