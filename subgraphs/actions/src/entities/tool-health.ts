import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { registerEnumType } from 'type-graphql';

export enum HealthState {
  CLOSED = 'CLOSED',
  OPEN = 'OPEN',
  HALF_OPEN = 'HALF_OPEN',
}

registerEnumType(HealthState, {
  name: 'ConnectorState',
  description: 'Whether the other side is called. The names are those of a circuit breaker.',
  valuesConfig: {
    CLOSED: { description: 'It is called as usual.' },
    OPEN: { description: 'It failed again and again, and is left alone until the next probe.' },
    HALF_OPEN: { description: 'One call is under way to find out whether it is well again.' },
  },
});

/** What is known of the other side of one tool, of one tenant. Written when that changes, and not at each call. */
@Entity({ schema: 'actions', tableName: 'connector_health' })
export class ToolHealth {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  tenantId!: string;

  @Property({ type: 'text' })
  connector!: string;

  /** Connector and tool, such as `fhir.createServiceRequest`. */
  @Property({ type: 'text' })
  tool!: string;

  @Property({ type: 'text' })
  state!: HealthState;

  @Property({ type: 'boolean' })
  readsFail!: boolean;

  @Property({ type: 'boolean' })
  writesFail!: boolean;

  /** The code of the fault that opened it. */
  @Property({ type: 'text' })
  reason!: string;

  /** How many faults in a row opened it. */
  @Property({ type: 'integer' })
  failures!: number;

  /** How many probes have failed since. */
  @Property({ type: 'integer' })
  probes!: number;

  /** Since when it is not called, or, where it is, since when it is well again. */
  @Property({ type: 'datetime' })
  since!: Date;

  /** When one call is let through to find out; while one is under way, when its caller is given up for lost. */
  @Property({ type: 'datetime' })
  nextProbeAt!: Date;
}
