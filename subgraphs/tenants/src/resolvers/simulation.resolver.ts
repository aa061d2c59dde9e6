import type { RequestContext } from '@countersign/kernel';
import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import type { Flips } from '../services/simulation/flips.ts';
import type { Simulations } from '../services/simulation/simulations.ts';
import { keyOf, type PrincipalKey } from '../statements/principals.ts';
import { type AccessFlips, PolicySimulation, SimulatePolicyChangeInput } from './simulation-types.ts';

@Resolver()
export class SimulationResolver {
  readonly #simulations: Simulations;

  constructor(simulations: Simulations) {
    this.#simulations = simulations;
  }

  @Query(() => PolicySimulation, {
    nullable: true,
    description:
      'Replays the decisions of a period as if a change of policies, roles or assignments had been made: what flips, and what cannot be told.',
  })
  async simulatePolicyChange(
    @Arg('input', () => SimulatePolicyChangeInput, { description: 'The change and the period.' })
    { since, until, publish, retire, roles, assign, revoke }: SimulatePolicyChangeInput,
    @Ctx() context: RequestContext,
  ): Promise<PolicySimulation> {
    const change = {
      publish: publish ?? [],
      retire: retire ?? [],
      roles: roles ?? [],
      assign: assign ?? [],
      revoke: revoke ?? [],
    };
    const simulation = await this.#simulations.simulate(change, { since, until: until ?? null }, context);
    return {
      ...simulation,
      problems: [...simulation.problems],
      untried: [...simulation.untried],
      newlyDenied: flipsOf(simulation.newlyDenied),
      newlyAllowed: flipsOf(simulation.newlyAllowed),
    };
  }
}

const flipsOf = ({ examples, byPrincipal, byPermission, ...totals }: Flips): AccessFlips => ({
  ...totals,
  examples: examples.map(named),
  byPrincipal: byPrincipal.map(named),
  byPermission: [...byPermission],
});

const named = <T extends PrincipalKey>({ kind, id, ...rest }: T) => ({ ...rest, principal: keyOf({ kind, id }) });
