import { buildSubgraphSchema, printSubgraphSchema } from '@apollo/subgraph';
import { describe, expect, it } from '@jest/globals';
import {
  buildSchema,
  type GraphQLNamedType,
  type GraphQLSchema,
  graphql,
  isInputType,
  isOutputType,
  parse,
} from 'graphql';
import { extendMutation } from './extend-mutation.ts';
import { fhirManifest } from './fhir-manifest.fixture.ts';
import { toolFields } from './tool-fields.ts';

const typeDefs = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@tag"])
  type Query { ping: String @tag(name: "public") }
  type Mutation { approveAction: Action }
  "An action." type Action @key(fields: "id") { id: ID! status: String }
  type UserError { code: String! }
  type ConnectorStatus { connector: String! }
  input ActionOptions { idempotencyKey: String }
`);
const base = () =>
  buildSubgraphSchema([
    {
      typeDefs,
      resolvers: {
        Query: { ping: () => 'pong' },
        Action: { __resolveReference: ({ id }: { id: string }) => ({ id, status: `of ${id}` }) },
      },
    },
  ]);

describe('a schema extended by tools at run time', () => {
  const schema = extended(base());

  it('answers the new mutation', async () => {
    const source = `mutation { fhirCreateServiceRequest(input: { patient: "Patient/1", code: { system: "s", code: "c" } }) { action { id } userErrors { code } } }`;
    expect(await run(schema, source)).toEqual({
      fhirCreateServiceRequest: { action: { id: 'routine' }, userErrors: [] },
    });
  });

  it('keeps resolvers, reference resolvers and federation directives', async () => {
    expect(await run(schema, '{ ping }')).toEqual({ ping: 'pong' });
    const entities = `{ _entities(representations: [{ __typename: "Action", id: "a1" }]) { ... on Action { status } } }`;
    expect(await run(schema, entities)).toEqual({ _entities: [{ status: 'of a1' }] });
    const printed = printSubgraphSchema(schema);
    expect(printed).toContain('type Action @key(fields: "id")');
    expect(printed).toContain('ping: String @tag(name: "public")');
  });

  it('is printed with the descriptions of what was added', () => {
    const printed = printSubgraphSchema(schema);
    expect(printed).toContain('"""Whom it is for: `Patient/` and an id."""\n  patient: String!');
    expect(printed).toContain('Proposes a request for a service');
    expect(schema.getMutationType()?.getFields().fhirCreateServiceRequest?.astNode?.description?.block).toBe(true);
  });

  it('leaves the schema that it was made of as it was', () => {
    const before = base();
    extended(before);
    expect(Object.keys(before.getMutationType()?.getFields() ?? {})).toEqual(['approveAction']);
    expect(extendMutation(before, {}, [])).toBe(before);
  });

  it('refuses to be extended twice by the same tools', () => {
    expect(() => extended(schema)).toThrow(expect.objectContaining({ code: 'TOOL_NAME_COLLISION' }));
  });

  it('gets a Mutation type when it had none', () => {
    const bare = buildSchema(
      'type Query { a: Action } type Action { id: ID } type UserError { code: String } type ConnectorStatus { connector: String } input ActionOptions { key: ID }',
    );
    expect(Object.keys(extended(bare).getMutationType()?.getFields() ?? {})).toEqual(['fhirCreateServiceRequest']);
  });
});

function extended(schema: GraphQLSchema): GraphQLSchema {
  const shared = {
    Action: output(schema.getType('Action')),
    UserError: output(schema.getType('UserError')),
    ConnectorStatus: output(schema.getType('ConnectorStatus')),
    ActionOptions: input(schema.getType('ActionOptions')),
  };
  const { fields, types } = toolFields([fhirManifest], shared, (_tool, args) => ({
    action: { id: args.input.priority },
    userErrors: [],
  }));
  return extendMutation(schema, fields, types);
}

function output(type: GraphQLNamedType | undefined) {
  if (isOutputType(type)) return type;
  throw new Error('not an output type');
}

function input(type: GraphQLNamedType | undefined) {
  if (isInputType(type)) return type;
  throw new Error('not an input type');
}

async function run(schema: GraphQLSchema, source: string): Promise<unknown> {
  const { data, errors } = await graphql({ schema, source, contextValue: {} });
  if (errors) throw errors[0];
  return JSON.parse(JSON.stringify(data));
}
