import {
  connection,
  type Edge,
  loadTogether,
  PageArgs,
  PageInfo,
  parsePage,
  payload,
  type RequestContext,
  UserError,
} from '@countersign/kernel';
import {
  Arg,
  Args,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { ApiKey } from '../entities/api-key.ts';
import { User } from '../entities/user.ts';
import type { AccessChanges } from '../services/changes/access-changes.ts';
import { createApiKey, revokeApiKey } from '../services/changes/key-changes.ts';
import type { Directory } from '../services/directory.ts';
import type { Keys } from '../services/keys.ts';
import { ChangePayload } from './change-payload.ts';
import { idAfter } from './id-cursor.ts';

const standardOverlapSeconds = 86_400;

@ObjectType({ description: 'An API key in a list.' })
export class ApiKeyEdge implements Edge<ApiKey> {
  @Field(() => ApiKey, { description: 'The key.' })
  node!: ApiKey;

  @Field({ description: 'Where it stands in the list.' })
  cursor!: string;
}

@ObjectType({ description: 'A page of API keys.' })
export class ApiKeyConnection {
  @Field(() => [ApiKeyEdge], { description: 'The keys, the newest first.' })
  edges!: ApiKeyEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;
}

@InputType({ description: 'A new API key.' })
export class CreateApiKeyInput {
  @Field({ description: 'What it is called; 1 to 100 characters.' })
  name!: string;

  @Field(() => [String], {
    description: 'Permission patterns `subgraph:resource:verb`; `*` stands for any part. You must hold all of them.',
  })
  permissions!: string[];

  @Field(() => Date, { nullable: true, description: 'When it ends: within 366 days; 90 days from now unless told.' })
  expiresAt?: Date | null;

  @Field(() => String, { nullable: true, description: 'The connector that it is for, by name.' })
  connector?: string | null;

  @Field(() => String, { nullable: true, description: 'Why, for those who read the log.' })
  reason?: string | null;
}

@InputType({ description: 'Which API key gets a new secret.' })
export class RotateApiKeyInput {
  @Field(() => ID, { description: 'The key; you must hold what it may do, and own the new one.' })
  id!: string;

  @Field(() => Int, {
    nullable: true,
    description: 'Seconds for which the old one goes on, at most 7 days; 24 hours unless told.',
  })
  overlapSeconds?: number | null;

  @Field(() => String, { nullable: true, description: 'Why, for those who read the log.' })
  reason?: string | null;
}

@InputType({ description: 'Which API key to revoke.' })
export class RevokeApiKeyInput {
  @Field(() => ID, { description: 'The key.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'Why, for those who read the log.' })
  reason?: string | null;
}

@ObjectType({ description: 'What came of making an API key.' })
export class CreateApiKeyPayload extends ChangePayload {
  @Field(() => ApiKey, { nullable: true, description: 'The key; null when it was refused or waits.' })
  apiKey?: ApiKey | null;

  @Field(() => String, {
    nullable: true,
    description:
      'What to send as bearer token. Shown this once and kept nowhere; null when it was refused or waits. Once a key that waited is made, rotating it gives a secret.',
  })
  secret?: string | null;
}

@ObjectType({ description: 'What came of rotating an API key.' })
export class RotateApiKeyPayload extends CreateApiKeyPayload {}

@ObjectType({ description: 'What came of revoking an API key.' })
export class RevokeApiKeyPayload {
  @Field(() => ApiKey, { nullable: true, description: 'The key as it is now; null when it was refused.' })
  apiKey?: ApiKey | null;

  @Field(() => [UserError], { description: 'What the caller can mend; empty when it was done.' })
  userErrors!: UserError[];
}

@Resolver(() => ApiKey)
export class ApiKeyResolver {
  readonly #directory: Directory;
  readonly #changes: AccessChanges;
  readonly #keys: Keys;

  constructor({ directory, changes, keys }: { directory: Directory; changes: AccessChanges; keys: Keys }) {
    this.#directory = directory;
    this.#changes = changes;
    this.#keys = keys;
  }

  @Query(() => ApiKeyConnection, { description: "The tenant's API keys, the newest first. Their secrets are nowhere." })
  async apiKeys(@Args(() => PageArgs) args: PageArgs, @Ctx() { principal }: RequestContext): Promise<ApiKeyConnection> {
    const page = parsePage(args);
    const keys = await this.#keys.listAfter(principal, idAfter(page), page.first + 1);
    return connection(keys, page, (node, cursor) => ({ node, cursor: cursor({ id: node.id }) }));
  }

  @FieldResolver(() => User, { nullable: true, description: 'The person who answers for it.' })
  owner(@Root() key: ApiKey, @Ctx() context: RequestContext): Promise<User | null> {
    const load = (ids: readonly string[]) => this.#directory.users(context.principal, ids);
    return loadTogether(context, 'ApiKey.owner', key.ownerId, load);
  }

  @Mutation(() => CreateApiKeyPayload, {
    nullable: true,
    description: 'Makes an API key out of permissions that you hold. You own it.',
  })
  createApiKey(
    @Arg('input', () => CreateApiKeyInput, { description: 'The key.' }) input: CreateApiKeyInput,
    @Ctx() context: RequestContext,
  ): Promise<CreateApiKeyPayload> {
    return payload(async () => {
      const { name, permissions, expiresAt, connector = null, reason = null } = input;
      const draft = { name, permissions, connector, reason, expiresAt: expiresAt?.toISOString() ?? null };
      const { result, waiting } = await this.#changes.make(createApiKey, draft, context);
      return { ...result, waiting };
    });
  }

  @Mutation(() => RotateApiKeyPayload, {
    nullable: true,
    description: 'Makes a key that takes the place of one: it may do the same, is yours, and has a secret of its own.',
  })
  rotateApiKey(
    @Arg('input', () => RotateApiKeyInput, { description: 'Which key.' }) input: RotateApiKeyInput,
    @Ctx() context: RequestContext,
  ): Promise<RotateApiKeyPayload> {
    return payload(async () => {
      const { id, reason = null } = input;
      const overlapSeconds = input.overlapSeconds ?? standardOverlapSeconds;
      const { result, waiting } = await this.#keys.rotate({ id, overlapSeconds, reason }, context);
      return { ...result, waiting };
    });
  }

  @Mutation(() => RevokeApiKeyPayload, { nullable: true, description: 'Ends an API key at once.' })
  revokeApiKey(
    @Arg('input', () => RevokeApiKeyInput, { description: 'Which key.' }) { id, reason }: RevokeApiKeyInput,
    @Ctx() context: RequestContext,
  ): Promise<RevokeApiKeyPayload> {
    return payload(async () => {
      const { result: apiKey } = await this.#changes.make(revokeApiKey, { id, reason: reason ?? null }, context);
      return { apiKey };
    });
  }
}
