import { Directive, Field, ID, ObjectType } from 'type-graphql';

/** An organisation, owned by the tenants subgraph; here it gains its budget. */
@Directive('@key(fields: "id")')
@ObjectType({ description: 'An organisation: the border that no row, answer or action crosses.' })
export class Tenant {
  @Field(() => ID, { description: 'Stable id.' })
  id!: string;
}
