import { newId, type Principal, type SubgraphDefinition, servicePrincipal } from '@countersign/kernel';
import { startTestSubgraphs, type TestSubgraphs } from '@countersign/kernel/testing';
import { provisionTenant, tenants } from '../src/index.ts';

/** What a mutation or query answers, as the tests look at it. */
// biome-ignore lint/suspicious/noExplicitAny: what is asked for is what is looked at, line by line.
export type Answer = { data?: any; errors?: readonly { message: string; extensions?: any; path?: any }[] };

export interface TestTenant {
  readonly id: string;
  /** The principal of `NAME@TENANT.test`, as the gateway resolves it now. */
  principal(name: string): Promise<Principal>;
  /** Asks as that person. */
  ask(name: string, query: string, variables?: Record<string, unknown>): Promise<Answer>;
}

export interface TestHouse extends TestSubgraphs {
  tenant(name: string, people?: Readonly<Record<string, string>>): Promise<TestTenant>;
}

const everyRole = { admin: 'admin', operator: 'operator', approver: 'approver', auditor: 'auditor', viewer: 'viewer' };

/** The tenants subgraph with whole tenants in it: people by name, each with a built-in role. */
export async function openHouse(
  others: readonly SubgraphDefinition[] = [],
  options: Parameters<typeof startTestSubgraphs>[1] = {},
): Promise<TestHouse> {
  const house = await startTestSubgraphs([tenants, ...others], options);
  return {
    ...house,
    tenant: async (name, people = everyRole) => {
      const id = newId();
      const users = Object.entries(people).map(([person, role]) => ({
        email: `${person}@${name}.test`,
        name: person,
        role,
      }));
      await provisionTenant(house.database, { id, name, region: 'eu', users });
      const principal = async (person: string): Promise<Principal> => {
        const { data } = (await house.execute(
          'tenants',
          servicePrincipal(id, 'gateway', []),
          `query($email: String!) {
            signIn(email: $email) { kind id person email roles groups permissions attributes revision until session }
          }`,
          { email: `${person}@${name}.test` },
        )) as Answer;
        if (!data?.signIn) throw new Error(`${person}@${name}.test may not sign in.`);
        const held = Object.fromEntries(Object.entries(data.signIn).filter(([, value]) => value !== null));
        return { ...held, tenantId: servicePrincipal(id, 'x', []).tenantId } as Principal; // The query says so.
      };
      return {
        id,
        principal,
        ask: async (person, query, variables) =>
          (await house.execute('tenants', await principal(person), query, variables)) as Answer,
      };
    },
  };
}
