import { composeServices } from '@apollo/composition';
import { buildSubgraphSchema, printSubgraphSchema } from '@apollo/subgraph';
import { describe, expect, it } from '@jest/globals';
import { type GraphQLSchema, graphql, parse } from 'graphql';
import { fhirManifest } from './fhir-manifest.fixture.ts';
import type { ResolveTool } from './tool-fields.ts';
import { toolResolvers, toolSdl } from './tool-sdl.ts';

const SDL = `"""Input of the tool "Create a service request"."""
input FhirCreateServiceRequestInput {
  """Whom it is for: \`Patient/\` and an id."""
  patient: String!

  """What is requested."""
  code: FhirCreateServiceRequestCodeInput!

  """How urgent it is."""
  priority: FhirCreateServiceRequestPriority = ROUTINE

  """A note for whoever carries it out."""
  note: String
}`;

const actions = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query { ping: String }
  type Mutation { "Approves." approveAction(actionId: ID!): Action }
  "An action." type Action @key(fields: "id") { id: ID! }
  type UserError { code: String! }
  type ConnectorStatus { connector: String! }
  input ActionOptions { idempotencyKey: String }
`);

describe('the SDL of the FHIR tool', () => {
  const sdl = toolSdl([fhirManifest]);

  it('has its input, typed and described from its JSON Schema', () => {
    expect(sdl).toContain(SDL);
    expect(sdl).toContain('system: String!');
    expect(sdl).toContain('  Code system, e.g. `http://loinc.org`.\n\n  Format: uri.\n');
  });

  it('has its enum in the spelling of GraphQL, and says how each value is sent', () => {
    expect(sdl).toContain('enum FhirCreateServiceRequestPriority {\n  """Sent as `routine`."""\n  ROUTINE');
    expect(sdl).toContain('"""At once."""\n  STAT');
  });

  it('extends Mutation by a nullable field with a payload of its own', () => {
    expect(sdl).toMatch(
      /extend type Mutation {\n {2}"""\n {2}Proposes a request .*\n\n {2}Risk: MEDIUM. Reversibility: REVERSIBLE.\n/,
    );
    expect(sdl).toMatch(/options: ActionOptions\n {2}\): FhirCreateServiceRequestPayload\n/);
    expect(sdl).toMatch(/action: Action\n/);
    expect(sdl).toMatch(/userErrors: \[UserError!\]!\n/);
    expect(sdl).toMatch(/degraded: ConnectorStatus\n/);
  });

  it('is the same text each time, and none at all without tools', () => {
    expect(toolSdl([fhirManifest])).toBe(sdl);
    expect(toolSdl([])).toBe('');
  });
});

describe('in a subgraph', () => {
  const calls: Parameters<ResolveTool<{ user: string }>>[] = [];
  const resolve: ResolveTool<{ user: string }> = (...call) => {
    calls.push(call);
    return { action: { id: 'action-1' }, userErrors: [] };
  };
  const schema = buildSubgraphSchema([
    { typeDefs: actions, resolvers: { Mutation: { approveAction: () => ({ id: 'action-0' }) } } },
    { typeDefs: parse(toolSdl([fhirManifest])), resolvers: toolResolvers([fhirManifest], resolve) },
  ]);

  it('is printed for composition, with directives and descriptions', () => {
    const printed = printSubgraphSchema(schema);
    expect(withoutEmptyLines(printed)).toContain(withoutEmptyLines(SDL));
    expect(printed).toContain('type Action @key(fields: "id")');
  });

  it('composes into a supergraph with its mutation', () => {
    const { supergraphSdl, errors } = composeServices([
      { name: 'actions', typeDefs: parse(printSubgraphSchema(schema)), url: 'http://actions' },
    ]);
    expect(errors ?? []).toEqual([]);
    expect(supergraphSdl).toContain('priority: FhirCreateServiceRequestPriority = ROUTINE');
    expect(supergraphSdl).toContain('): FhirCreateServiceRequestPayload');
  });

  it('calls the resolver with the tool, and with the input as the tool spells it', async () => {
    const document = `mutation ($input: FhirCreateServiceRequestInput!) {
      fhirCreateServiceRequest(input: $input, options: { idempotencyKey: "k1" }) { action { id } userErrors { code } }
      approveAction(actionId: "x") { id }
    }`;
    const code = { system: 'http://loinc.org', code: '24627-2', display: null };
    const result = await run(schema, document, { input: { patient: 'Patient/1', code, priority: 'STAT' } });
    expect(result).toEqual({
      data: {
        fhirCreateServiceRequest: { action: { id: 'action-1' }, userErrors: [] },
        approveAction: { id: 'action-0' },
      },
    });
    expect(calls.at(-1)).toEqual([
      { field: 'fhirCreateServiceRequest', connector: 'fhir', version: '1.0.0', tool: fhirManifest.tools[0] },
      {
        input: { patient: 'Patient/1', code: { system: 'http://loinc.org', code: '24627-2' }, priority: 'stat' },
        options: { idempotencyKey: 'k1' },
      },
      { user: 'maker' },
    ]);
  });

  it('fills in defaults as the tool spells them, in literals too', async () => {
    await run(
      schema,
      `mutation { fhirCreateServiceRequest(input: { patient: "Patient/1", code: { system: "s", code: "c" } }) { action { id } } }`,
    );
    expect(calls.at(-1)?.[1]).toEqual({
      input: { patient: 'Patient/1', code: { system: 's', code: 'c' }, priority: 'routine' },
      options: null,
    });
  });

  it('refuses what is not of the type before the resolver is called', async () => {
    const before = calls.length;
    const result = await run(
      schema,
      `mutation { fhirCreateServiceRequest(input: { patient: "Patient/1", code: { system: "s" } }) { action { id } } }`,
    );
    expect(JSON.parse(JSON.stringify(result)).errors[0].message).toContain('"FhirCreateServiceRequestCodeInput.code"');
    expect(calls).toHaveLength(before);
  });
});

const withoutEmptyLines = (sdl: string) => sdl.replace(/\n\s*\n/g, '\n');

async function run(schema: GraphQLSchema, source: string, variableValues?: Record<string, unknown>): Promise<unknown> {
  const result = await graphql({ schema, source, variableValues, contextValue: { user: 'maker' } });
  return JSON.parse(JSON.stringify(result));
}
