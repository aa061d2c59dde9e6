import { type Database, payload, type RequestContext } from '@countersign/kernel';
import { Arg, Ctx, Field, InputType, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { AccessSettings, SchemaIntrospection, SensitiveFields } from '../entities/access-settings.ts';
import { readAccessSettings } from '../services/access-settings.ts';
import type { AccessChanges } from '../services/changes/access-changes.ts';
import { updateAccessSettings } from '../services/changes/settings-changes.ts';
import { ChangePayload } from './change-payload.ts';

@InputType({ description: 'How permissions are to be administered; what is absent stays as it is.' })
export class UpdateAccessSettingsInput {
  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether changes of who may do what need a second person. While they do, switching it off needs one, too.',
  })
  permissionChangesNeedApproval?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description: 'The time zone that hours and days in policies are in, as in the IANA database: `Europe/Berlin`.',
  })
  timeZone?: string | null;

  @Field(() => SensitiveFields, {
    nullable: true,
    description: 'How sensitive fields come back to who may not see them.',
  })
  sensitiveFields?: SensitiveFields | null;

  @Field(() => SchemaIntrospection, { nullable: true, description: 'How much of the schema introspection shows.' })
  introspection?: SchemaIntrospection | null;

  @Field(() => String, { nullable: true, description: 'Why, for those who read the log.' })
  reason?: string | null;
}

@ObjectType({ description: 'What came of changing how permissions are administered.' })
export class UpdateAccessSettingsPayload extends ChangePayload {
  @Field(() => AccessSettings, { nullable: true, description: 'The settings; null when it was refused or waits.' })
  settings?: AccessSettings | null;
}

@Resolver(() => AccessSettings)
export class AccessSettingsResolver {
  readonly #database: Database;
  readonly #changes: AccessChanges;

  constructor({ database, changes }: { database: Database; changes: AccessChanges }) {
    this.#database = database;
    this.#changes = changes;
  }

  @Query(() => AccessSettings, { description: "How the tenant's permissions are administered." })
  accessSettings(@Ctx() { principal }: RequestContext): Promise<AccessSettings> {
    return this.#database.read(principal, readAccessSettings);
  }

  @Mutation(() => UpdateAccessSettingsPayload, {
    nullable: true,
    description: "Changes how the tenant's permissions are administered.",
  })
  updateAccessSettings(
    @Arg('input', () => UpdateAccessSettingsInput, { description: 'The change.' }) input: UpdateAccessSettingsInput,
    @Ctx() context: RequestContext,
  ): Promise<UpdateAccessSettingsPayload> {
    return payload(async () => {
      const { permissionChangesNeedApproval, timeZone, sensitiveFields, introspection, reason = null } = input;
      const update = {
        reason,
        ...(permissionChangesNeedApproval != null && { permissionChangesNeedApproval }),
        ...(timeZone != null && { timeZone }),
        ...(sensitiveFields != null && { sensitiveFields }),
        ...(introspection != null && { introspection }),
      };
      const { result: settings, waiting } = await this.#changes.make(updateAccessSettings, update, context);
      return { settings, waiting };
    });
  }
}
