import { Field, ObjectType, registerEnumType } from 'type-graphql';

export enum SensitiveFields {
  MASK = 'MASK',
  ERROR = 'ERROR',
}

registerEnumType(SensitiveFields, {
  name: 'SensitiveFields',
  description: 'How a sensitive field comes back to who may not see it.',
  valuesConfig: {
    MASK: { description: 'Masked, without an error.' },
    ERROR: { description: 'Null, with an error that says what it needs.' },
  },
});

export enum SchemaIntrospection {
  OPEN = 'OPEN',
  PERMITTED = 'PERMITTED',
}

registerEnumType(SchemaIntrospection, {
  name: 'SchemaIntrospection',
  description: 'How much of the schema introspection shows.',
  valuesConfig: {
    OPEN: { description: 'All of it.' },
    PERMITTED: { description: 'What the caller may use.' },
  },
});

/** How the tenant's permissions are administered. */
@ObjectType({ description: "How the tenant's permissions are administered." })
export class AccessSettings {
  @Field({ description: 'Whether changes of who may do what need a second person.' })
  permissionChangesNeedApproval!: boolean;

  @Field({ description: 'The time zone (IANA) that hours and days in policies are in.' })
  timeZone!: string;

  @Field(() => SensitiveFields, { description: 'How sensitive fields come back to who may not see them.' })
  sensitiveFields!: SensitiveFields;

  @Field(() => SchemaIntrospection, { description: 'How much of the schema introspection shows.' })
  introspection!: SchemaIntrospection;
}
