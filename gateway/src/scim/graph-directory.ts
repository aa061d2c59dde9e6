import {
  CountersignError,
  type ErrorCode,
  errorCatalogue,
  type Logger,
  type Principal,
  type RequestContext,
  requestContext,
  type UserError,
} from '@countersign/kernel';
import type { GraphQLError } from 'graphql';
import type { SubgraphLink } from '../graph/subgraph-link.ts';
import {
  type Directory,
  type DirectoryGroup,
  DirectoryProblem,
  type DirectoryProblemKind,
  type DirectoryQuery,
  type DirectoryUser,
  type GroupAttribute,
  type GroupChange,
  type GroupInput,
  type GroupReading,
  type UserAttribute,
  type UserInput,
} from './directory.ts';

/** The directory of whichever tenant the caller is of, in the caller's own name. */
export const graphDirectory =
  ({ tenants, log }: { tenants: SubgraphLink; log: Logger }) =>
  (caller: Principal): Directory =>
    new GraphDirectory(tenants, requestContext(caller, log, { surface: 'scim' }));

/** Asks `tenants` itself: the fields are hidden from the graph's callers, and guarded there by the caller's permissions. */
export class GraphDirectory implements Directory {
  readonly #tenants: SubgraphLink;
  readonly #context: RequestContext;

  constructor(tenants: SubgraphLink, context: RequestContext) {
    this.#tenants = tenants;
    this.#context = context;
  }

  findUsers(query: DirectoryQuery<UserAttribute>): Promise<{ total: number; users: readonly DirectoryUser[] }> {
    return this.#read('query($query: JSON!) { answer: directoryUsers(query: $query) }', { query });
  }

  user(id: string): Promise<DirectoryUser | null> {
    return this.#read('query($id: ID!) { answer: directoryUser(id: $id) }', { id });
  }

  createUser(input: UserInput): Promise<DirectoryUser> {
    const mutation = 'mutation($input: JSON!) { answer: directoryCreateUser(input: $input) { user';
    return this.#write('user', mutation, { input });
  }

  replaceUser(id: string, input: UserInput, expectedVersion?: number): Promise<DirectoryUser> {
    const mutation = `mutation($id: ID!, $input: JSON!, $expectedVersion: Int) {
      answer: directoryReplaceUser(id: $id, input: $input, expectedVersion: $expectedVersion) { user`;
    return this.#write('user', mutation, { id, input, expectedVersion });
  }

  async deleteUser(id: string, expectedVersion?: number): Promise<void> {
    const mutation = `mutation($id: ID!, $expectedVersion: Int) {
      answer: directoryDeleteUser(id: $id, expectedVersion: $expectedVersion) { user`;
    await this.#write('user', mutation, { id, expectedVersion });
  }

  findGroups(
    query: DirectoryQuery<GroupAttribute>,
    { members }: GroupReading,
  ): Promise<{ total: number; groups: readonly DirectoryGroup[] }> {
    const document = `query($query: JSON!, $members: Boolean!) {
      answer: directoryGroups(query: $query, members: $members) }`;
    return this.#read(document, { query, members });
  }

  group(id: string, { members }: GroupReading): Promise<DirectoryGroup | null> {
    const document = 'query($id: ID!, $members: Boolean!) { answer: directoryGroup(id: $id, members: $members) }';
    return this.#read(document, { id, members });
  }

  createGroup(input: GroupInput, { members }: GroupReading): Promise<DirectoryGroup> {
    const mutation = `mutation($input: JSON!, $members: Boolean!) {
      answer: directoryCreateGroup(input: $input, members: $members) { group`;
    return this.#write('group', mutation, { input, members });
  }

  replaceGroup(
    id: string,
    input: GroupInput,
    { members }: GroupReading,
    expectedVersion?: number,
  ): Promise<DirectoryGroup> {
    const mutation = `mutation($id: ID!, $input: JSON!, $members: Boolean!, $expectedVersion: Int) {
      answer: directoryReplaceGroup(
        id: $id, input: $input, members: $members, expectedVersion: $expectedVersion
      ) { group`;
    return this.#write('group', mutation, { id, input, members, expectedVersion });
  }

  changeGroup(id: string, change: GroupChange, expectedVersion?: number): Promise<DirectoryGroup> {
    const mutation = `mutation($id: ID!, $change: JSON!, $expectedVersion: Int) {
      answer: directoryChangeGroup(id: $id, change: $change, expectedVersion: $expectedVersion) { group`;
    return this.#write('group', mutation, { id, change, expectedVersion });
  }

  async deleteGroup(id: string, expectedVersion?: number): Promise<void> {
    const mutation = `mutation($id: ID!, $expectedVersion: Int) {
      answer: directoryDeleteGroup(id: $id, expectedVersion: $expectedVersion) { group`;
    await this.#write('group', mutation, { id, expectedVersion });
  }

  async #read<Answer>(query: string, variables: Record<string, unknown>): Promise<Answer> {
    const { data, errors } = await this.#tenants.execute({ query, variables }, this.#context);
    if (errors?.[0]) throw asOurs(errors[0]);
    return (data as { answer: Answer }).answer; // Each document calls its one field that; the subgraph keeps the port's shapes.
  }

  /** `mutation` is open at the end of its selection: what was refused is selected here. */
  async #write<Shape>(of: 'user' | 'group', mutation: string, variables: Record<string, unknown>): Promise<Shape> {
    const answer = await this.#read<Record<typeof of, Shape> & { userErrors: UserError[] }>(
      `${mutation} userErrors { code message path } } }`,
      variables,
    );
    const [refused] = answer.userErrors;
    if (refused) throw new DirectoryProblem(kindOf[refused.code] ?? 'invalidValue', refused.message);
    return answer[of];
  }
}

/** What the subgraph's refusals are in the port's terms; what is not named here is a value that will not do. */
const kindOf: Readonly<Record<string, DirectoryProblemKind>> = {
  EMAIL_TAKEN: 'uniqueness',
  EXTERNAL_ID_TAKEN: 'uniqueness',
  NAME_TAKEN: 'uniqueness',
  USER_NOT_FOUND: 'notFound',
  GROUP_NOT_FOUND: 'notFound',
  VERSION_MISMATCH: 'versionMismatch',
  TOO_MANY: 'tooMany',
  CANNOT_GRANT: 'forbidden',
  LAST_ADMIN: 'forbidden',
  SECOND_PERSON_NEEDED: 'forbidden',
  GROUP_NOT_MANAGED: 'forbidden',
};

function asOurs({ message, extensions }: GraphQLError): Error {
  const { code } = extensions;
  return isOurs(code) ? new CountersignError(code, message) : new CountersignError('INTERNAL_ERROR', message);
}

const isOurs = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(errorCatalogue, code);
