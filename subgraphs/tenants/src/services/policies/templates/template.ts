import { z } from 'zod';

export type ParameterType = 'TEXT' | 'NUMBER' | 'DECIMAL' | 'BOOLEAN' | 'TEXT_LIST' | 'ATTRIBUTE';

interface ParameterDoc {
  readonly type: ParameterType;
  readonly description: string;
  readonly example: unknown;
}

export interface TemplateParameter extends ParameterDoc {
  readonly name: string;
  readonly required: boolean;
}

export interface ParameterProblem {
  readonly parameter: string | null;
  readonly message: string;
}

/** A policy that many wish for, with gaps to fill in. */
export interface PolicyTemplate {
  /** `own-department`: stable. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly parameters: readonly TemplateParameter[];
  /** The policy's text, or what is wrong with the parameters. */
  render(parameters: unknown): { readonly source: string } | { readonly problems: readonly ParameterProblem[] };
}

const docs = z.registry<ParameterDoc>();

/** Says what a parameter is for; its schema says what it may be. */
export const parameter = <Schema extends z.ZodType>(schema: Schema, doc: ParameterDoc): Schema => {
  docs.add(schema, doc);
  return schema;
};

export function policyTemplate<Shape extends z.ZodRawShape>({
  shape,
  write,
  ...about
}: Pick<PolicyTemplate, 'name' | 'title' | 'description'> & {
  readonly shape: Shape;
  readonly write: (parameters: z.output<z.ZodObject<Shape>>) => readonly string[];
}): PolicyTemplate {
  const schema = z.strictObject(shape);
  return {
    ...about,
    parameters: Object.entries(shape).map(([name, field]) => parameterOf(name, field)),
    render: (parameters) => {
      const parsed = schema.safeParse(parameters ?? {});
      if (parsed.success) return { source: `${write(parsed.data).join('\n\n')}\n` };
      return { problems: parsed.error.issues.map(problemOf) };
    },
  };
}

function parameterOf(name: string, field: z.core.$ZodType): TemplateParameter {
  const doc = docs.get(field);
  if (!doc) throw new Error(`The parameter ${name} has no description.`);
  return { name, required: !z.safeParse(field, undefined).success, ...doc };
}

function problemOf({ path, message, code, ...issue }: z.core.$ZodIssue): ParameterProblem {
  const [name] = path;
  if (name !== undefined) return { parameter: String(name), message };
  const [unknown] = code === 'unrecognized_keys' && 'keys' in issue && Array.isArray(issue.keys) ? issue.keys : [];
  return { parameter: typeof unknown === 'string' ? unknown : null, message };
}
