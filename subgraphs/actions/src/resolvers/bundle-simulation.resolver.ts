import { JsonScalar, payload, type RequestContext, UserError } from '@countersign/kernel';
import { Arg, Ctx, Field, InputType, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import { BundleTotals } from '../entities/bundle-totals.ts';
import type { BundleSimulations } from '../services/bundle-simulations.ts';
import type { JsonValue } from '../services/decision-log/index.ts';
import { draftOf } from './bundle.resolver.ts';
import { BundleStepInput } from './bundle-types.ts';

@InputType({ description: 'A bundle as a template, and the records to try it on.' })
export class SimulateBundleInput {
  @Field(() => [BundleStepInput], {
    description:
      'Its steps; `{ "$record": "/pointer" }` in an input stands for what is found there in the record (RFC 6901).',
  })
  steps!: BundleStepInput[];

  @Field(() => [JsonScalar], { description: 'The records, 1 to 500; at most 2000 steps over all of them.' })
  records!: object[];
}

@ObjectType({ description: 'Why the bundle of one record would be refused.' })
export class BundleSimulationRefusal {
  @Field(() => Int, { description: 'Place of the record in the request, from 0.' })
  record!: number;

  @Field({ description: 'Stable code, as a proposal would have it; `NOT_SIMULATED` for what was not asked.' })
  code!: string;

  @Field({ description: 'What was wrong and what would be right, in English.' })
  message!: string;

  @Field(() => [String], { description: 'Where in the bundle that the record makes.' })
  path!: readonly string[];
}

@ObjectType({ description: 'What gates would answer to the bundle of one record, if it were proposed now.' })
export class BundleSimulationGates {
  @Field(() => Int, { description: 'Place of the record in the request, from 0.' })
  record!: number;

  @Field(() => [String], {
    description: 'Who would have to approve it, one sentence each; empty where nobody need be asked.',
  })
  approvals!: readonly string[];

  @Field(() => [String], {
    description: 'What would keep it from being executed at this moment, one sentence each: closed windows, freezes.',
  })
  closed!: readonly string[];
}

@ObjectType({ description: 'What a bundle would do over many records. Nothing was done, and nothing is kept.' })
export class BundleSimulation {
  @Field(() => Int, { description: 'How many records were tried.' })
  records!: number;

  @Field(() => Int, { description: 'How many of them make a bundle that would be taken as it is.' })
  going!: number;

  @Field(() => Int, { description: 'How many steps of those take from others, so that they cannot be previewed yet.' })
  notPreviewed!: number;

  @Field(() => BundleTotals, { description: 'What the bundles that would be taken come to together.' })
  totals!: BundleTotals;

  @Field(() => [BundleSimulationRefusal], { description: 'Why the others would be refused, by record.' })
  refusals!: readonly BundleSimulationRefusal[];

  @Field(() => [BundleSimulationGates], {
    description:
      'What gates would answer to those that would be taken, by record. Limits are asked as if these were proposed one after another; nothing is held.',
  })
  gates!: readonly BundleSimulationGates[];
}

@ObjectType({ description: 'What came of simulating.' })
export class SimulateBundlePayload {
  @Field(() => BundleSimulation, { nullable: true, description: 'The simulation; null when it was refused.' })
  simulation?: BundleSimulation | null;

  @Field(() => [UserError], { description: 'What the caller can mend; empty when it was done.' })
  userErrors!: UserError[];
}

@Resolver()
export class BundleSimulationResolver {
  readonly #simulations: BundleSimulations;

  constructor(simulations: BundleSimulations) {
    this.#simulations = simulations;
  }

  @Mutation(() => SimulateBundlePayload, {
    nullable: true,
    description:
      'Tries a bundle on many records: each is checked and previewed, nothing is proposed or done. Takes leave to propose with each of its tools.',
  })
  simulateBundle(
    @Arg('input', () => SimulateBundleInput, { description: 'The bundle, and the records.' })
    { steps, records }: SimulateBundleInput,
    @Ctx() context: RequestContext,
  ): Promise<SimulateBundlePayload> {
    return payload(async () => ({
      // What the scalar lets through is JSON.
      simulation: await this.#simulations.simulate(steps.map(draftOf), records as JsonValue[], context),
    }));
  }
}
