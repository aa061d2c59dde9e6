import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** That a user holds a role. */
@Entity({ schema: 'tenants', tableName: 'membership' })
export class Membership {
  @PrimaryKey({ type: 'uuid' })
  tenantId!: string;

  @PrimaryKey({ type: 'uuid' })
  userId!: string;

  @PrimaryKey({ type: 'uuid' })
  roleId!: string;

  @Property({ type: 'datetime', onCreate: () => new Date() })
  since!: Date;
}
