import { anyone, can, defineSubgraph, type Principal, requestContext } from '@countersign/kernel';
import { startTestSubgraphs, type TestSubgraphs, testPrincipal } from '@countersign/kernel/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import { Directive, Field, ID, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { createBundle, type GraphBundle, localLink } from '../src/index.ts';

@ObjectType({ description: 'What is in it.' })
class Contents {
  @Field({ description: 'How much.' })
  amount!: string;
}

@Directive('@key(fields: "id")')
@ObjectType({ description: 'A vault.' })
class Vault {
  @Field(() => ID, { description: 'Its id.' })
  id!: string;

  @Field(() => Contents, { nullable: true, description: 'What is in it.' })
  contents!: Contents | null;
}

@Resolver()
class Vaults {
  @Query(() => Vault, { description: 'The vault.' })
  vault(): Vault {
    return { id: '1', contents: { amount: '3' } };
  }

  @Query(() => String, { description: 'The hour.' })
  hour(): string {
    return 'noon';
  }

  @Mutation(() => String, { nullable: true, description: 'Empties it.' })
  empty(): string {
    return 'done';
  }
}

const vaults = defineSubgraph({
  name: 'tenants',
  entities: [],
  migrations: [],
  permissions: {
    catalogue: ['read', 'open', 'empty'].map((verb) => ({
      name: `tenants:vault:${verb}`,
      description: verb,
      risk: 'LOW' as const,
    })),
    Query: { vault: can('tenants:vault:read'), hour: anyone },
    Mutation: { empty: can('tenants:vault:empty') },
    entities: { Vault: can('tenants:vault:read') },
    fields: { Vault: { contents: can('tenants:vault:open') } },
  },
  assemble: () => ({ resolvers: [new Vaults()], references: { Vault: async (keys) => keys.map(() => null) } }),
});

describe('introspection for a tenant that shows callers only what they may use', () => {
  let house: TestSubgraphs;
  let bundle: GraphBundle;
  beforeAll(async () => {
    house = await startTestSubgraphs([vaults]);
    bundle = await createBundle([...house.runtimes.values()].map(localLink));
  });
  afterAll(async () => {
    await bundle.close();
    await house.close();
  });

  const ask = (principal: Partial<Principal>, query: string) =>
    bundle.execute({ query }, requestContext(testPrincipal({ schema: 'PERMITTED', ...principal }), house.kernel.log));
  const seen = async (principal: Partial<Principal>): Promise<string> =>
    JSON.stringify(await ask(principal, getIntrospectionQuery()));

  it('shows it all to the others', async () => {
    const all = await seen({ permissions: [], schema: undefined });
    for (const name of ['vault', 'Contents', 'empty', 'hour']) expect(all).toContain(`"name":"${name}"`);
  });

  it('leaves out fields, and the types that only they lead to', async () => {
    const none = await seen({ permissions: [] });
    expect(none).toContain('"name":"hour"');
    for (const name of ['vault', 'Vault', 'contents', 'Contents', 'empty', 'Mutation']) {
      expect(none).not.toContain(`"name":"${name}"`);
    }
    const some = await seen({ permissions: ['tenants:vault:read'] });
    expect(some).toContain('"name":"Vault"');
    expect(some).not.toContain('ontents');
    expect(await seen({ permissions: ['tenants:vault:*'] })).toContain('"name":"Contents"');
  });

  it('holds for one type asked for by name, behind a fragment and under an alias', async () => {
    const { data } = await ask(
      { permissions: [] },
      '{ ...F } fragment F on Query { it: __type(name: "Contents") { name } }',
    );
    expect(data).toEqual({ it: null });
  });

  it('does not let the schema be asked for together with data', async () => {
    const { errors } = await ask({ permissions: [] }, '{ hour __schema { types { name } } }');
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_REQUEST' });
    expect((await ask({ permissions: [] }, '{ __typename ...F } fragment F on Query { hour }')).data).toMatchObject({
      hour: 'noon',
    });
  });

  it('gives no hint of what there is in the answer to what there is not', async () => {
    const { errors } = await ask({ permissions: [] }, '{ vaul { id } }');
    expect(JSON.stringify(errors)).not.toContain('vault');
    const open = await ask({ permissions: [], schema: undefined }, '{ vaul { id } }');
    expect(JSON.stringify(open.errors)).toContain('Did you mean');
  });
});
