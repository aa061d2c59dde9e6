import { JsonScalar } from '@countersign/kernel';
import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';

export enum PolicyTemplateParameterType {
  TEXT = 'TEXT',
  NUMBER = 'NUMBER',
  DECIMAL = 'DECIMAL',
  BOOLEAN = 'BOOLEAN',
  TEXT_LIST = 'TEXT_LIST',
  ATTRIBUTE = 'ATTRIBUTE',
}

registerEnumType(PolicyTemplateParameterType, {
  name: 'PolicyTemplateParameterType',
  description: 'What a parameter of a template is.',
  valuesConfig: {
    TEXT: { description: 'A text.' },
    NUMBER: { description: 'A whole number.' },
    DECIMAL: { description: 'A number as text, with at most four places.' },
    BOOLEAN: { description: 'Yes or no.' },
    TEXT_LIST: { description: 'Several texts.' },
    ATTRIBUTE: { description: "The name of an attribute in the tenant's attribute schema." },
  },
});

@ObjectType({ description: 'A gap in a template.' })
export class PolicyTemplateParameter {
  @Field({ description: 'Its name in the parameters.' })
  name!: string;

  @Field(() => PolicyTemplateParameterType, { description: 'What it is.' })
  type!: PolicyTemplateParameterType;

  @Field({ description: 'What it is for, and what holds where it is absent.' })
  description!: string;

  @Field({ description: 'Whether it has to be given.' })
  required!: boolean;

  @Field(() => JsonScalar, { description: 'A value that it can have.' })
  example!: unknown;
}

/** A policy that many wish for, with gaps to fill in. */
@ObjectType({ description: 'A policy that many wish for, with gaps to fill in.' })
export class PolicyTemplate {
  @Field({ description: 'Stable name.' })
  name!: string;

  @Field({ description: 'What it is called.' })
  title!: string;

  @Field({ description: 'What it does.' })
  description!: string;

  @Field(() => [PolicyTemplateParameter], { description: 'Its gaps.' })
  parameters!: readonly PolicyTemplateParameter[];
}

@ObjectType({ description: 'What has to be mended before a rendered policy can be published.' })
export class RenderedPolicyProblem {
  @Field({ description: 'Stable code, in capitals; `PARAMETER_INVALID` for what is wrong with a parameter.' })
  code!: string;

  @Field({ description: 'What is wrong and what would be right, in English.' })
  message!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The parameter that it is about; null where it is about the text.',
  })
  parameter?: string | null;

  @Field(() => Int, { nullable: true, description: 'The line of the text, from 1.' })
  line?: number | null;

  @Field(() => Int, { nullable: true, description: 'The column, from 1.' })
  column?: number | null;
}

@ObjectType({ description: 'A template with its gaps filled in. Nothing is published by rendering it.' })
export class RenderedPolicy {
  @Field(() => String, { nullable: true, description: 'The text, in Cedar; null where a parameter is wrong.' })
  source!: string | null;

  @Field(() => [RenderedPolicyProblem], {
    description: 'What has to be mended before it can be published; empty where it can be.',
  })
  problems!: RenderedPolicyProblem[];
}
