import type { Answer, TestTenant } from './house.ts';

export interface Payload {
  readonly userErrors: readonly {
    readonly code: string;
    readonly path?: readonly string[];
    readonly params?: unknown;
  }[];
  // biome-ignore lint/suspicious/noExplicitAny: what is asked for is what is looked at, line by line.
  readonly [name: string]: any;
}

/** The document of one mutation `name(input: NameInput!)`, and of what is looked at of its payload. */
export const mutation = (name: string, selection: string): string => {
  const input = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  return `mutation($input: ${input}!) { ${name}(input: $input) { ${selection} userErrors { code message path params } } }`;
};

/** Makes one mutation as somebody; throws what is not among its `userErrors`. */
export async function mutate(
  tenant: TestTenant,
  who: string,
  name: string,
  input: Record<string, unknown>,
  selection = '',
): Promise<Payload> {
  return payloadOf(await tenant.ask(who, mutation(name, selection), { input }), name);
}

export function payloadOf({ data, errors }: Answer, name: string): Payload {
  if (errors?.[0]) throw new Error(`${errors[0].extensions?.code}: ${errors[0].message}`);
  return data[name];
}

export const codesOf = ({ userErrors }: Payload): string[] => userErrors.map(({ code }) => code);

/** The id of `NAME@TENANT.test`. */
export const idOf = async (tenant: TestTenant, name: string): Promise<string> => (await tenant.principal(name)).id;

/** The id of a role by its name. */
export async function roleId(tenant: TestTenant, name: string): Promise<string> {
  const { data } = await tenant.ask('admin', '{ roles(first: 100) { edges { node { id name } } } }');
  const role = data.roles.edges.find((edge: { node: { name: string } }) => edge.node.name === name);
  return role.node.id;
}
