import { type AttributeDeclaration, type AttributeType, payload, type RequestContext } from '@countersign/kernel';
import { Arg, Ctx, Field, InputType, Mutation, ObjectType, Query, Resolver, registerEnumType } from 'type-graphql';
import type { AccessChanges } from '../services/changes/access-changes.ts';
import { setAttributeSchema } from '../services/changes/attribute-schema-changes.ts';
import type { PermissionCatalogue } from '../services/permission-catalogue.ts';
import { ChangePayload } from './change-payload.ts';

export enum UserAttributeType {
  STRING = 'String',
  LONG = 'Long',
  BOOLEAN = 'Boolean',
  STRING_SET = 'Set<String>',
}

registerEnumType(UserAttributeType, {
  name: 'UserAttributeType',
  description: 'What the values of an attribute are.',
  valuesConfig: {
    STRING: { description: 'A text; `String` in policies.' },
    LONG: { description: 'A whole number between -(2^53 - 1) and 2^53 - 1; `Long` in policies.' },
    BOOLEAN: { description: 'True or false; `Bool` in policies.' },
    STRING_SET: { description: 'Any number of texts; `Set<String>` in policies.' },
  },
});

@ObjectType({ description: "An attribute of the tenant's people, which policies can look at." })
export class UserAttribute {
  @Field({ description: 'Its name: `principal.NAME` in policies.' })
  name!: string;

  @Field(() => UserAttributeType, { description: 'What its values are.' })
  type!: UserAttributeType;

  @Field({ description: 'Whether everybody has it, so that policies need not ask first.' })
  required!: boolean;

  @Field({ description: 'What it says about a person.' })
  description!: string;
}

@InputType({ description: "An attribute of the tenant's people." })
export class UserAttributeInput {
  @Field({
    description: 'A letter, then up to 63 letters, digits and underscores; not id, person, kind, roles, groups.',
  })
  name!: string;

  @Field(() => UserAttributeType, { description: 'What its values are.' })
  type!: UserAttributeType;

  @Field(() => Boolean, { nullable: true, description: 'Whether everybody has to have it; not, unless told.' })
  required?: boolean | null;

  @Field(() => String, { nullable: true, description: 'What it says about a person; at most 500 characters.' })
  description?: string | null;
}

@InputType({ description: 'Which attributes people have.' })
export class SetAttributeSchemaInput {
  @Field(() => [UserAttributeInput], {
    description: 'All of them, at most 50. What people have already must fit, and so must every active policy.',
  })
  attributes!: UserAttributeInput[];

  @Field(() => String, { nullable: true, description: 'Why, for those who read the log.' })
  reason?: string | null;
}

@ObjectType({ description: 'What came of setting which attributes people have.' })
export class SetAttributeSchemaPayload extends ChangePayload {
  @Field(() => [UserAttribute], {
    nullable: true,
    description: 'The attributes; null when it was refused or waits.',
  })
  attributeSchema?: UserAttribute[] | null;
}

@Resolver()
export class AttributeSchemaResolver {
  readonly #catalogue: PermissionCatalogue;
  readonly #changes: AccessChanges;

  constructor({ catalogue, changes }: { catalogue: PermissionCatalogue; changes: AccessChanges }) {
    this.#catalogue = catalogue;
    this.#changes = changes;
  }

  @Query(() => [UserAttribute], { description: "The attributes of the tenant's people, which policies can look at." })
  async attributeSchema(@Ctx() { principal }: RequestContext): Promise<UserAttribute[]> {
    return asShown(await this.#catalogue.attributeSchema(principal));
  }

  @Mutation(() => SetAttributeSchemaPayload, {
    nullable: true,
    description: "Sets which attributes the tenant's people have.",
  })
  setAttributeSchema(
    @Arg('input', () => SetAttributeSchemaInput, { description: 'The attributes.' }) input: SetAttributeSchemaInput,
    @Ctx() context: RequestContext,
  ): Promise<SetAttributeSchemaPayload> {
    return payload(async () => {
      const draft = { attributes: input.attributes.map(asDeclared), reason: input.reason ?? null };
      const { result, waiting } = await this.#changes.make(setAttributeSchema, draft, context);
      return { attributeSchema: result && asShown(result), waiting };
    });
  }
}

const asDeclared = ({ name, type, required, description }: UserAttributeInput): AttributeDeclaration => ({
  name,
  type,
  required: required ?? false,
  description: description ?? '',
});

/** People have no decimals: `setAttributeSchema` takes none. */
const isOffered = (type: AttributeType): type is UserAttributeType => type !== 'Decimal';

const asShown = (declared: readonly AttributeDeclaration[]): UserAttribute[] =>
  declared.flatMap(({ type, ...rest }) => (isOffered(type) ? [{ ...rest, type }] : []));
