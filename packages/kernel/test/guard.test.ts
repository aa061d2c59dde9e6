import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Directive, Field, ID, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { anyone, can, defineSubgraph } from '../src/index.ts';
import { startTestSubgraphs, type TestSubgraphs, testPrincipal } from '../src/testing/index.ts';

@Directive('@key(fields: "id")')
@ObjectType()
class Vault {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true })
  secret!: string | null;

  @Field(() => String, { nullable: true })
  owner!: string | null;
}

@Directive('@key(fields: "id")')
@ObjectType()
class Forgotten {
  @Field(() => ID)
  id!: string;
}

@Resolver()
class VaultResolver {
  @Query(() => Vault)
  vault(): Vault {
    return { id: '1', secret: 'hidden', owner: 'Olga Operator' };
  }

  @Query(() => Forgotten)
  unnamed(): Forgotten {
    return { id: '1' };
  }

  @Query(() => String)
  broken(): string {
    throw new Error('password=hunter2');
  }

  @Mutation(() => String)
  alsoUnnamed(): string {
    return 'done';
  }
}

const vaults = defineSubgraph({
  name: 'knowledge',
  entities: [],
  migrations: [],
  permissions: {
    catalogue: [
      { name: 'knowledge:vault:read', description: 'See vaults.', risk: 'LOW' },
      { name: 'knowledge:vault:open', description: 'See what is in them.', risk: 'HIGH' },
      { name: 'knowledge:person:read', description: 'See whose they are.', risk: 'MEDIUM' },
    ],
    Query: { vault: can('knowledge:vault:read'), broken: anyone },
    entities: { Vault: can('knowledge:vault:read') },
    fields: { Vault: { secret: can('knowledge:vault:open') } },
    sensitive: { Vault: { owner: { dataClass: 'PII', permission: 'knowledge:person:read' } } },
  },
  assemble: () => ({
    resolvers: [new VaultResolver()],
    references: { Vault: async (keys) => keys.map((key) => ({ id: String(key.id), secret: 'hidden' })) },
  }),
});

describe('every way into a subgraph is guarded', () => {
  let house: TestSubgraphs;
  beforeAll(async () => {
    house = await startTestSubgraphs([vaults]);
  });
  afterAll(() => house.close());

  const ask = (permissions: string[], query: string, variables = {}) =>
    house.execute('knowledge', testPrincipal({ permissions }), query, variables);
  const entity = (typename: string) => ({
    query: `query($r: [_Any!]!) { _entities(representations: $r) { ... on ${typename} { id } } }`,
    variables: { r: [{ __typename: typename, id: '1' }] },
  });

  it('lets through who holds the permission and names it to who does not', async () => {
    expect(await ask(['knowledge:vault:*'], '{ vault { id secret } }')).toEqual({
      data: { vault: { id: '1', secret: 'hidden' } },
    });
    const { errors } = await ask([], '{ vault { id } }');
    expect(errors?.[0]?.extensions).toEqual({
      code: 'FORBIDDEN',
      permission: 'knowledge:vault:read',
      reason: 'Nothing permits it.',
    });
  });

  it('denies root fields that the policy does not name', async () => {
    for (const query of ['{ unnamed { id } }', 'mutation { alsoUnnamed }']) {
      const { errors } = await ask(['*:*:*'], query);
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    }
  });

  it('blanks a sensitive field and leaves its object', async () => {
    const { data, errors } = await ask(['knowledge:vault:read'], '{ vault { id secret } }');
    expect(data).toEqual({ vault: { id: '1', secret: null } });
    expect(errors?.[0]?.path).toEqual(['vault', 'secret']);
  });

  it('guards entities by type, and denies those that the policy does not name', async () => {
    const named = entity('Vault');
    expect((await ask(['knowledge:vault:read'], named.query, named.variables)).data).toEqual({
      _entities: [{ id: '1' }],
    });
    expect((await ask([], named.query, named.variables)).errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    const forgotten = entity('Forgotten');
    const { errors } = await ask(['*:*:*'], forgotten.query, forgotten.variables);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('is not passed by an alias or a fragment', async () => {
    const { data } = await ask(['knowledge:vault:read'], '{ a: vault { ...F } } fragment F on Vault { b: secret }');
    expect(data).toEqual({ a: { b: null } });
  });

  it('masks data of persons, or refuses it where the tenant wants that, on every way to it', async () => {
    const query = '{ a: vault { ...F } vault { owner } } fragment F on Vault { b: owner }';
    const permissions = ['knowledge:vault:read'];
    const masked = { a: { b: '•••' }, vault: { owner: '•••' } };
    expect(await ask(permissions, query)).toEqual({ data: masked });
    expect((await ask([...permissions, 'knowledge:person:read'], '{ vault { owner } }')).data).toEqual({
      vault: { owner: 'Olga Operator' },
    });
    const strict = testPrincipal({ permissions });
    await house.database.withTenant(strict, (em) =>
      em.execute("insert into kernel.access (tenant_id, region, settings) values (?, 'eu', ?::jsonb)", [
        strict.tenantId,
        JSON.stringify({ sensitiveFields: 'ERROR' }),
      ]),
    );
    const { data, errors } = await house.execute('knowledge', strict, '{ vault { id owner } }');
    expect(data).toEqual({ vault: { id: '1', owner: null } });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', permission: 'knowledge:person:read' });
  });

  it('says in the schema what a field asks for, and what it holds', () => {
    const sdl = house.runtimes.get('knowledge')?.sdl;
    expect(sdl).toContain('vault: Vault! @permission(name: "knowledge:vault:read")');
    expect(sdl).toContain('owner: String @tag(name: "pii")');
  });

  it('shows nothing of a fault but its correlation id', async () => {
    const answer = await ask([], '{ broken }');
    expect(JSON.stringify(answer)).not.toContain('hunter2');
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'INTERNAL_ERROR', correlationId: expect.any(String) });
  });
});
