import { Directive, Field, ID, ObjectType } from 'type-graphql';

@Directive('@key(fields: "id", resolvable: false)')
@ObjectType({ description: 'A person of one tenant.' })
export class User {
  @Field(() => ID, { description: 'Stable id.' })
  id!: string;
}

@Directive('@key(fields: "id", resolvable: false)')
@ObjectType({ description: 'A text that answers can be grounded in, and who may read it.' })
export class Document {
  @Field(() => ID, { description: 'Stable id.' })
  id!: string;
}

@Directive('@key(fields: "id", resolvable: false)')
@ObjectType({ description: 'A piece of a document: what search finds and answers cite.' })
export class Passage {
  @Field(() => ID, { description: 'Stable id.' })
  id!: string;
}
