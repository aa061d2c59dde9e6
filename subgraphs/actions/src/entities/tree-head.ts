import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Field, ID, Int, ObjectType } from 'type-graphql';

/** What the product signed about a tenant's log, as the database keeps it. */
@ObjectType({
  description:
    "A signed statement that the tenant's log, at this size, has this root. Keep some elsewhere: they show later that nothing before them was rewritten or cut off.",
})
@Entity({ schema: 'actions', tableName: 'log_tree_head' })
export class TreeHead {
  @Field(() => ID, { description: 'Whose log it is.' })
  @PrimaryKey({ type: 'uuid' })
  tenantId!: string;

  @Field(() => Int, { description: 'How many entries it speaks of: those with the numbers 1 to this one.' })
  @PrimaryKey({ type: 'integer' })
  treeSize!: number;

  @Field({ description: 'Root of the Merkle tree (RFC 9162) over the hashes of these entries: SHA-256 in hex.' })
  @Property({ type: 'text' })
  rootHash!: string;

  @Field(() => Date, { description: 'When the last of these entries was sealed and this was signed.' })
  @Property({ type: 'datetime' })
  sealedAt!: Date;

  @Field({ description: 'Which of `logKeys` signed it.' })
  @Property({ type: 'text' })
  keyId!: string;

  @Field({
    description:
      'Ed25519 (RFC 8032), base64, over the canonical JSON (RFC 8785) of `format` (1), `tenantId`, `treeSize`, `rootHash`, `sealedAt`, `keyId` and `domain` (`countersign.log.tree-head`).',
  })
  @Property({ type: 'text' })
  signature!: string;
}
