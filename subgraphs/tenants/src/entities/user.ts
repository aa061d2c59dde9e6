import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Directive, Field, ID, ObjectType } from 'type-graphql';

/** A person of one tenant. */
@Directive('@key(fields: "id")')
@ObjectType({ description: 'A person of one tenant.' })
@Entity({ schema: 'tenants', tableName: 'app_user' })
export class User {
  @Field(() => ID, { description: 'Stable id.' })
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  tenantId!: string;

  @Field({ description: 'Address that the person signs in with.' })
  @Property()
  email!: string;

  @Field({ description: 'Name as the person writes it.' })
  @Property()
  name!: string;

  @Property({ type: 'jsonb' })
  attributes: Record<string, string | number | boolean> = {};

  @Property()
  active: boolean = true;

  @Property({ type: 'datetime', onCreate: () => new Date() })
  createdAt!: Date;
}
