import { can, payload, type RequestContext, type SchemaExtension } from '@countersign/kernel';
import { parse } from 'graphql';
import type { ConnectorStatuses } from '../services/connector-statuses.ts';
import { proposePermission } from '../services/proposals.ts';
import type { ToolCatalogue } from '../services/tool-catalogue.ts';
import type { Unattended } from '../services/unattended.ts';
import { type ConnectorManifest, type ResolveTool, toolResolvers, toolSdl } from '../tools/index.ts';
import { parseOptions } from './proposal-options.ts';

const optionsSdl = `
"""Which citations of an answer a proposal rests on."""
input ActionEvidenceInput {
  """The answer; it is read again as the caller before it is believed."""
  answerId: ID!
  """Numbers of its citations."""
  markers: [Int!]!
}

"""How an action is proposed."""
input ActionOptions {
  """
  Names the request, 1 to 255 characters: sent again with the same input it is answered with the same action, with
  another input it is refused.
  """
  idempotencyKey: String
  """What it rests on."""
  evidence: [ActionEvidenceInput!]
  """The business process that it belongs to, as the caller names it."""
  workflow: String
  """Where it is proposed, such as \`console\` or \`api\`."""
  surface: String
  """What goes before what where much is to be done at once; INTERACTIVE unless told."""
  lane: ActionLane
}

"""What goes before what."""
enum ActionLane {
  """Somebody waits for it."""
  INTERACTIVE
  """One of many, for which nobody waits: it goes after what is interactive, and is never forgotten over it."""
  BATCH
}
`;

/** One typed mutation for each tool, which proposes, with the permission that it needs. Undefined without tools. */
export function toolMutations(
  catalogue: ToolCatalogue,
  proposals: Unattended,
  statuses: Pick<ConnectorStatuses, 'degraded'>,
): SchemaExtension | undefined {
  // The same JSON; the SDK has it read-only all the way down.
  const manifests = [...catalogue.connectors.values()].map(({ manifest }) => manifest as ConnectorManifest);
  if (manifests.length === 0) return undefined;
  const propose: ResolveTool<RequestContext> = async ({ connector, tool }, { input, options }, context) => {
    const name = `${connector}.${tool.name}`;
    const answer = await payload(async () => {
      const known = catalogue.tool(name);
      if (!known) throw new Error(`The graph has a mutation for ${name}, which is not here.`);
      return { action: await proposals.propose(known, input, parseOptions(options), context) };
    });
    return { ...answer, degraded: statuses.degraded(context.principal.tenantId, name) };
  };
  const { Mutation } = toolResolvers(manifests, propose);
  const tools = manifests.flatMap(({ name, tools }) =>
    tools.map((tool) => ({ ...tool, name: `${name}.${tool.name}` })),
  );
  return {
    typeDefs: parse(`${optionsSdl}\n${toolSdl(manifests)}`),
    resolvers: { Mutation },
    permissions: {
      catalogue: tools.map(({ name, title, risk }) => ({
        name: proposePermission(name),
        description: `Propose: ${title}.`,
        risk,
      })),
      Mutation: Object.fromEntries(tools.map(({ name }) => [mutationOf(name), can(proposePermission(name))])),
    },
  };
}

/** `fhir.createServiceRequest` -> `fhirCreateServiceRequest`. */
const mutationOf = (tool: string): string => tool.replace(/\.(.)/, (_, letter: string) => letter.toUpperCase());
