import { Directive, Field, ID, ObjectType } from 'type-graphql';

@Directive('@key(fields: "id", resolvable: false)')
@ObjectType({ description: 'A person of one tenant.' })
export class User {
  @Field(() => ID, { description: 'Stable id.' })
  id!: string;
}

@Directive('@key(fields: "id", resolvable: false)')
@ObjectType()
export class Document {
  @Field(() => ID, { description: 'Stable id.' })
  id!: string;
}

@Directive('@key(fields: "id", resolvable: false)')
@ObjectType()
export class Passage {
  @Field(() => ID, { description: 'Stable id.' })
  id!: string;
}
