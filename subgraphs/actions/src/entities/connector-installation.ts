import { JsonScalar } from '@countersign/kernel';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Directive, Field, ID, ObjectType } from 'type-graphql';
import type { JsonObject } from '../services/decision-log/index.ts';

/** A tenant's configuration of a connector. */
@Directive('@key(fields: "id")')
@ObjectType({ description: "A tenant's configuration of a connector." })
@Entity({ schema: 'actions', tableName: 'connector_installation' })
export class ConnectorInstallation {
  @Field(() => ID, { description: 'Stable id.' })
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  tenantId!: string;

  @Field({ description: 'Name of the connector, such as `fhir`.' })
  @Property({ type: 'text' })
  connector!: string;

  @Field({ description: 'Version of the connector that the configuration was made for.' })
  @Property({ type: 'text' })
  version!: string;

  @Field(() => JsonScalar, {
    description: "The configuration, as the connector's own schema has it. Secrets are not in it.",
  })
  @Property({ type: 'jsonb' })
  config!: JsonObject;

  @Field(() => Date, { description: 'When it was last configured.' })
  @Property({ type: 'datetime' })
  updatedAt!: Date;
}
