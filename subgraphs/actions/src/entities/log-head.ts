import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** Where a tenant's log stands: its last number and hash, and the right edge of its Merkle tree. */
@Entity({ schema: 'actions', tableName: 'log_head' })
export class LogHead {
  @PrimaryKey({ type: 'uuid' })
  tenantId!: string;

  @Property({ type: 'integer' })
  seq!: number;

  @Property({ type: 'text' })
  hash!: string;

  @Property({ type: 'integer' })
  treeSize!: number;

  @Property({ type: 'jsonb' })
  frontier!: string[];
}
