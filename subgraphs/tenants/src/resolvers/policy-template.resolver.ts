import { JsonScalar, notFound, type RequestContext } from '@countersign/kernel';
import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import { PolicyTemplate, PolicyTemplateParameterType, RenderedPolicy } from '../entities/policy-template.ts';
import type { Policies } from '../services/policies/policies.ts';
import { policyTemplates } from '../services/policies/templates/index.ts';

@Resolver()
export class PolicyTemplateResolver {
  readonly #policies: Policies;

  constructor(policies: Policies) {
    this.#policies = policies;
  }

  @Query(() => [PolicyTemplate], { description: 'Policies that many wish for, with gaps to fill in.' })
  policyTemplates(): PolicyTemplate[] {
    return policyTemplates.map(({ name, title, description, parameters }) => ({
      name,
      title,
      description,
      parameters: parameters.map((each) => ({ ...each, type: PolicyTemplateParameterType[each.type] })),
    }));
  }

  @Query(() => RenderedPolicy, {
    description:
      'Fills in a template and checks it as publishing would, but for what you may permit; publishes nothing.',
  })
  async renderPolicyTemplate(
    @Arg('name', () => String, { description: 'Name of the template.' }) name: string,
    @Arg('parameters', () => JsonScalar, { nullable: true, description: 'What to fill in, by the names of its gaps.' })
    parameters: unknown,
    @Ctx() { principal }: RequestContext,
  ): Promise<RenderedPolicy> {
    const template = policyTemplates.find((each) => each.name === name);
    if (!template) throw notFound('template');
    const rendered = template.render(parameters);
    if ('problems' in rendered) {
      const problems = rendered.problems.map((each) => ({ code: 'PARAMETER_INVALID', ...each }));
      return { source: null, problems };
    }
    const problems = await this.#policies.problems(principal, rendered.source);
    return { source: rendered.source, problems: problems.map((each) => ({ ...each })) };
  }
}
