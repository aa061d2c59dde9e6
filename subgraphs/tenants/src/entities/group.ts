import { OptionalProps } from '@mikro-orm/core';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Directive, Field, ID, ObjectType, registerEnumType } from 'type-graphql';

export enum ManagedBy {
  TENANT = 'TENANT',
  DIRECTORY = 'DIRECTORY',
}

registerEnumType(ManagedBy, {
  name: 'ManagedBy',
  description: 'Who says who is in a group.',
  valuesConfig: {
    TENANT: { description: "The tenant's admins." },
    DIRECTORY: {
      description:
        'The directory that provisions people (SCIM): a role assigned to the group is left to it to hand on.',
    },
  },
});

/** People who are given roles together. */
@Directive('@key(fields: "id")')
@ObjectType({ description: 'People who are given roles together.' })
@Entity({ schema: 'tenants', tableName: 'user_group' })
export class Group {
  [OptionalProps]?: 'createdAt' | 'updatedAt' | 'version';

  @Field(() => ID, { description: 'Stable id.' })
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  tenantId!: string;

  @Field({ description: 'Name, unique within the tenant.' })
  @Property({ type: 'text' })
  name!: string;

  /** The group's id in the directory that provisions it. */
  @Property({ type: 'text', nullable: true })
  externalId!: string | null;

  @Field(() => ManagedBy, { description: 'Who says who is in it.' })
  @Property({ type: 'text' })
  managedBy!: ManagedBy;

  @Property({ type: 'datetime', onCreate: () => new Date() })
  createdAt!: Date;

  @Property({ type: 'datetime', onCreate: () => new Date(), onUpdate: () => new Date() })
  updatedAt!: Date;

  @Property({ type: 'integer', version: true })
  version!: number;
}
