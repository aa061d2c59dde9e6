import { payload, problem, type RequestContext } from '@countersign/kernel';
import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { z } from 'zod';
import type { AccessChanges } from '../services/changes/access-changes.ts';
import { updateUserAttributes } from '../services/changes/user-attribute-changes.ts';
import { createUser, deactivateUser, reactivateUser, updateUser } from '../services/changes/user-changes.ts';
import {
  CreateUserInput,
  CreateUserPayload,
  DeactivateUserInput,
  DeactivateUserPayload,
  ReactivateUserInput,
  ReactivateUserPayload,
  UpdateUserAttributesInput,
  UpdateUserAttributesPayload,
  UpdateUserInput,
  UpdateUserPayload,
} from './user-types.ts';

@Resolver()
export class UserMutations {
  readonly #changes: AccessChanges;

  constructor(changes: AccessChanges) {
    this.#changes = changes;
  }

  @Mutation(() => CreateUserPayload, { nullable: true, description: 'Adds a person, who holds nothing yet.' })
  createUser(
    @Arg('input', () => CreateUserInput, { description: 'The person.' }) input: CreateUserInput,
    @Ctx() context: RequestContext,
  ): Promise<CreateUserPayload> {
    return payload(async () => {
      const { email, name, attributes, reason = null } = input;
      const draft = { email, name, attributes: attributesIn(attributes ?? {}), reason };
      const { result: user, waiting } = await this.#changes.make(createUser, draft, context);
      return { user, waiting };
    });
  }

  @Mutation(() => UpdateUserPayload, { nullable: true, description: "Changes a person's name or address." })
  updateUser(
    @Arg('input', () => UpdateUserInput, { description: 'The change.' }) input: UpdateUserInput,
    @Ctx() context: RequestContext,
  ): Promise<UpdateUserPayload> {
    return payload(async () => {
      const { userId: id, email, name, reason = null } = input;
      const update = { id, reason, ...(email != null && { email }), ...(name != null && { name }) };
      const { result: user, waiting } = await this.#changes.make(updateUser, update, context);
      return { user, waiting };
    });
  }

  @Mutation(() => DeactivateUserPayload, {
    nullable: true,
    description: "Ends a person's access at once: sessions are closed, and keys of theirs are worth nothing.",
  })
  deactivateUser(
    @Arg('input', () => DeactivateUserInput, { description: 'Who.' }) { userId: id, reason }: DeactivateUserInput,
    @Ctx() context: RequestContext,
  ): Promise<DeactivateUserPayload> {
    return payload(async () => {
      const leaver = { id, reason: reason ?? null };
      const { result: user, waiting } = await this.#changes.make(deactivateUser, leaver, context);
      return { user, waiting };
    });
  }

  @Mutation(() => ReactivateUserPayload, {
    nullable: true,
    description: 'Gives a person back all that they held; they sign in anew.',
  })
  reactivateUser(
    @Arg('input', () => ReactivateUserInput, { description: 'Who.' }) { userId: id, reason }: ReactivateUserInput,
    @Ctx() context: RequestContext,
  ): Promise<ReactivateUserPayload> {
    return payload(async () => {
      const returner = { id, reason: reason ?? null };
      const { result: user, waiting } = await this.#changes.make(reactivateUser, returner, context);
      return { user, waiting };
    });
  }

  @Mutation(() => UpdateUserAttributesPayload, {
    nullable: true,
    description: "Changes what policies see of a person, as the tenant's attribute schema has it.",
  })
  updateUserAttributes(
    @Arg('input', () => UpdateUserAttributesInput, { description: 'The change.' }) input: UpdateUserAttributesInput,
    @Ctx() context: RequestContext,
  ): Promise<UpdateUserAttributesPayload> {
    return payload(async () => {
      const { userId: id, attributes, reason = null } = input;
      const update = { id, attributes: attributesIn(attributes), reason };
      const { result: user, waiting } = await this.#changes.make(updateUserAttributes, update, context);
      return { user, waiting };
    });
  }
}

const attributesShape = z.record(z.string(), z.unknown());

function attributesIn(value: unknown): Record<string, unknown> {
  const { success, data } = attributesShape.safeParse(value);
  if (success) return data;
  const message = 'Attributes are an object of values by name, such as { "department": "cardiology" }.';
  throw problem('ATTRIBUTE_INVALID', message, ['input', 'attributes']);
}
