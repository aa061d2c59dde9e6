import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Directive, Field, ID, ObjectType } from 'type-graphql';

/** A named set of permissions within one tenant. */
@Directive('@key(fields: "id")')
@ObjectType({ description: 'A named set of permissions within one tenant.' })
@Entity({ schema: 'tenants', tableName: 'role' })
export class Role {
  @Field(() => ID, { description: 'Stable id.' })
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  tenantId!: string;

  @Field({ description: 'Name, unique within the tenant.' })
  @Property()
  name!: string;

  @Field({ description: 'What the role is for.' })
  @Property()
  description!: string;

  @Field(() => [String], { description: 'Permission patterns `subgraph:resource:verb`; `*` stands for any part.' })
  @Property({ type: 'text[]' })
  permissions!: string[];

  @Field({ description: 'Whether it came with the tenant: it can be assigned, and neither changed nor deleted.' })
  @Property({ type: 'boolean' })
  builtIn!: boolean;
}
