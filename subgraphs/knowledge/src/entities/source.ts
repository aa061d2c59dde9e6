import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** Where documents come from, by the name that who ingests gives it. */
@Entity({ schema: 'knowledge', tableName: 'source' })
export class Source {
  @PrimaryKey({ type: 'uuid' })
  tenantId!: string;

  @PrimaryKey({ type: 'text' })
  name!: string;

  @Property({ type: 'datetime', onCreate: () => new Date() })
  createdAt!: Date;
}
