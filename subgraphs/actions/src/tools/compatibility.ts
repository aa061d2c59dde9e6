import { type BreakingChange, findBreakingChanges, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import type { ScalarsByFormat } from './input-type.ts';
import type { ConnectorManifest } from './manifest.ts';
import { toolFields } from './tool-fields.ts';
import { refuseAny } from './tool-schema-error.ts';
import { NAMES_ONLY } from './tool-sdl.ts';

/**
 * Refuses a new version of a connector that would break documents written for the old one, unless it is a new major
 * version. Returns what breaks, for a new major version.
 *
 * @throws ToolSchemaError CONNECTOR_BREAKING_CHANGE, CONNECTOR_VERSION_INVALID, and what is wrong with either manifest
 */
export function assertCompatible(
  installed: ConnectorManifest,
  offered: ConnectorManifest,
  options: { scalars?: ScalarsByFormat } = {},
): BreakingChange[] {
  const [from, to] = [majorOf(installed), majorOf(offered)];
  const changes = findBreakingChanges(schemaOf(installed, options), schemaOf(offered, options));
  if (isNewer(to, from)) return changes;
  refuseAny(
    changes.map((change) => ({
      code: 'CONNECTOR_BREAKING_CHANGE',
      at: `${offered.name}@${offered.version}`,
      message: `${change.description} That breaks clients of ${installed.version}: keep it, or publish a new major version.`,
    })),
  );
  return changes;
}

/** Below 1.0.0 the minor version counts as the major one, as Semantic Versioning has it in clause 4 and npm in `^0.x`. */
function majorOf({ name, version }: ConnectorManifest): [number, number] {
  const parts = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:[-+][0-9A-Za-z.+-]+)?$/.exec(version);
  if (parts === null) {
    const message = `"${version}" is not a semantic version, such as "1.4.0".`;
    refuseAny([{ code: 'CONNECTOR_VERSION_INVALID', at: name, message }]);
  }
  const [major, minor] = [Number(parts?.[1]), Number(parts?.[2])];
  return major > 0 ? [major, 0] : [0, minor];
}

function isNewer(version: [number, number], than: [number, number]): boolean {
  return version[0] > than[0] || (version[0] === than[0] && version[1] > than[1]);
}

function schemaOf(manifest: ConnectorManifest, options: { scalars?: ScalarsByFormat }): GraphQLSchema {
  const { fields, types } = toolFields([manifest], { ...NAMES_ONLY, ...options }, () => null);
  const query = new GraphQLObjectType({ name: 'Query', fields: { connector: { type: GraphQLString } } });
  // A connector may come to have no tools at all: then every one of its mutations is found to be removed.
  const mutation = new GraphQLObjectType({
    name: 'Mutation',
    fields: { connector: { type: GraphQLString }, ...fields },
  });
  return new GraphQLSchema({ query, mutation, types });
}
