import type { RequestContext } from '@countersign/kernel';
import { Arg, Ctx, Field, FieldResolver, Int, ObjectType, Query, Resolver, Root } from 'type-graphql';
import { HealthState } from '../entities/tool-health.ts';
import type { ConnectorStatuses, StatusOfConnector } from '../services/connector-statuses.ts';

@ObjectType({
  description:
    'How well a connector is. While it is not CLOSED it is only suggested with: actions are proposed, previewed and approved as ever, as far as its other side answers; what is to be executed waits.',
})
export class ConnectorStatus implements StatusOfConnector {
  @Field({ description: 'Name of the connector, such as `fhir`.' })
  connector!: string;

  @Field(() => HealthState, { description: 'Whether its other side is called.' })
  state!: HealthState;

  @Field(() => Date, { nullable: true, description: 'Since when it is left alone; null while all is well.' })
  degradedSince!: Date | null;

  @Field(() => String, {
    nullable: true,
    description: 'The code of the fault that it failed with, such as `TIMEOUT`; null while all is well.',
  })
  reason!: string | null;

  @Field(() => Date, {
    nullable: true,
    description: 'When one call is let through to find out whether it is well again; null while all is well.',
  })
  nextProbeAt!: Date | null;

  @Field(() => [String], { description: 'Its tools that are left alone, such as `fhir.createServiceRequest`.' })
  tools!: readonly string[];
}

@Resolver(() => ConnectorStatus)
export class ConnectorStatusResolver {
  readonly #statuses: ConnectorStatuses;

  constructor(statuses: ConnectorStatuses) {
    this.#statuses = statuses;
  }

  @Query(() => [ConnectorStatus], {
    description: 'How well the connectors are: which are left alone, since when, and when they are tried again.',
  })
  connectorStatus(
    @Arg('connector', () => String, { nullable: true, description: 'This one alone, such as `fhir`.' })
    connector: string | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<ConnectorStatus[]> {
    return this.#statuses.all(context, connector ?? null);
  }

  @FieldResolver(() => Int, {
    description: 'How many actions wait for it, of those that you may see; counted up to 100.',
  })
  waiting(@Root() { connector }: ConnectorStatus, @Ctx() context: RequestContext): Promise<number> {
    return this.#statuses.waiting(context, connector);
  }
}
