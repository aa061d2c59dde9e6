import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Directive, Field, ID, ObjectType } from 'type-graphql';

/** An organisation: the border that no row, answer or action crosses. */
@Directive('@key(fields: "id")')
@ObjectType({ description: 'An organisation: the border that no row, answer or action crosses.' })
@Entity({ schema: 'tenants', tableName: 'tenant' })
export class Tenant {
  @Field(() => ID, { description: 'Stable id.' })
  @PrimaryKey({ type: 'uuid', fieldName: 'tenant_id' })
  id!: string;

  @Field({ description: 'Short name, unique and readable.' })
  @Property()
  name!: string;

  @Field({ description: 'Where its data lives and is processed, such as `eu`.' })
  @Property()
  region!: string;

  @Property({ type: 'datetime', onCreate: () => new Date() })
  createdAt!: Date;
}
