import { UserError } from '@countersign/kernel';
import { Field, ObjectType } from 'type-graphql';
import { AccessChange } from '../entities/access-change.ts';

/** What every payload has whose mutation may wait for a second person. Not a type of the graph by itself. */
@ObjectType({ description: 'What came of a change.' })
export class ChangePayload {
  @Field(() => AccessChange, { nullable: true, description: 'The change, where it waits for a second person.' })
  waiting?: AccessChange | null;

  @Field(() => [UserError], { description: 'What the caller can mend; empty when it was done.' })
  userErrors!: UserError[];
}
