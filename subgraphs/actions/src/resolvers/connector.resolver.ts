import { JsonScalar, payload, type RequestContext, UserError } from '@countersign/kernel';
import { Arg, Ctx, Field, InputType, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { ConnectorInstallation } from '../entities/connector-installation.ts';
import type { Installations } from '../services/installations.ts';

@ObjectType({ description: 'One thing that can be done in another system.' })
export class Tool {
  @Field({ description: 'Connector and tool, such as `fhir.createServiceRequest`.' })
  name!: string;

  @Field({ description: 'Name for people.' })
  title!: string;

  @Field({ description: 'What it does.' })
  description!: string;

  @Field({ description: 'How much harm it could do: `LOW`, `MEDIUM` or `HIGH`.' })
  risk!: string;

  @Field({ description: 'Whether it can be undone: `REVERSIBLE` or `IRREVERSIBLE`.' })
  reversibility!: string;

  @Field({ description: 'What its data is: `NONE` of persons, `PII` (personal), `PHI` (health) or `SECRET`.' })
  dataClass!: string;

  @Field(() => JsonScalar, { description: 'What it takes, as JSON Schema.' })
  inputSchema!: object;
}

@ObjectType({ description: 'Another system, and what can be done in it.' })
export class Connector {
  @Field({ description: 'Name, such as `fhir`.' })
  name!: string;

  @Field({ description: 'Semantic version.' })
  version!: string;

  @Field({ description: 'Name for people.' })
  title!: string;

  @Field({ description: 'What it connects to.' })
  description!: string;

  @Field(() => JsonScalar, { description: 'What a configuration holds, as JSON Schema.' })
  configSchema!: object;

  @Field(() => [Tool], { description: 'What can be done with it.' })
  tools!: Tool[];

  @Field(() => ConnectorInstallation, {
    nullable: true,
    description: "The tenant's configuration; null before there is one.",
  })
  installation!: ConnectorInstallation | null;
}

@InputType({ description: 'How a connector is to be configured.' })
export class ConfigureConnectorInput {
  @Field({ description: 'Name of the connector, such as `fhir`.' })
  connector!: string;

  @Field(() => JsonScalar, {
    description: "The configuration, as the connector's `configSchema` has it; it replaces the one before.",
  })
  config!: object;
}

@ObjectType({ description: 'What came of configuring.' })
export class ConfigureConnectorPayload {
  @Field(() => ConnectorInstallation, { nullable: true, description: 'The configuration; null when it was refused.' })
  installation?: ConnectorInstallation | null;

  @Field(() => [UserError], { description: 'What the caller can mend; empty when it was done.' })
  userErrors!: UserError[];
}

@Resolver(() => ConnectorInstallation)
export class ConnectorResolver {
  readonly #installations: Installations;

  constructor(installations: Installations) {
    this.#installations = installations;
  }

  @Query(() => [Connector], {
    description: "The connectors that there are, each with the tenant's configuration of it.",
  })
  async connectors(@Ctx() { principal }: RequestContext): Promise<Connector[]> {
    const all = await this.#installations.all(principal);
    return all.map(({ connector: { manifest }, installation }) => {
      const { name, version, title, description, configSchema } = manifest;
      const tools = manifest.tools.map((tool) => ({ ...tool, name: `${name}.${tool.name}` }));
      return { name, version, title, description, configSchema, tools, installation };
    });
  }

  @Mutation(() => ConfigureConnectorPayload, { nullable: true, description: 'Configures a connector for the tenant.' })
  configureConnector(
    @Arg('input', () => ConfigureConnectorInput, { description: 'The configuration.' }) input: ConfigureConnectorInput,
    @Ctx() context: RequestContext,
  ): Promise<ConfigureConnectorPayload> {
    return payload(async () => ({
      installation: await this.#installations.configure(input.connector, input.config, context),
    }));
  }
}
