import assert from 'node:assert/strict';
import {
  anyone,
  can,
  canList,
  guard,
  type PermissionDeclaration,
  type RequestContext,
  requestContext,
  type ShieldRule,
  type SubgraphPermissions,
} from '@countersign/kernel';
import { type ExecutionResult, type GraphQLSchema, isObjectType, parse } from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { fieldsIn, graphInMemory, operation } from './graph.ts';
import { addTenant, type House, someone } from './house.ts';
import { duration, more, type Row } from './report.ts';
import { type Pace, sideBySide } from './timing.ts';

/** The same operation on the same graph: without rules, with rules at every way in, and with a rule on every field. */
export async function measureRules(house: House, pace: Pace): Promise<Row[]> {
  const sides = ruledSides();
  const ask = await contexts(house);
  const plain = await sides.unguarded(ask());
  for (const side of Object.values(sides)) assert.deepEqual(await side(ask()), plain, 'A rule changed the answer.');
  const { unguarded, guarded, sensitive, everywhere } = await sideBySide(
    {
      unguarded: () => sides.unguarded(ask()),
      guarded: () => sides.guarded(ask()),
      sensitive: () => sides.sensitive(ask()),
      everywhere: () => sides.everywhere(ask()),
    },
    pace,
  );
  const fields = fieldsIn(plain.data);
  const beside = `${duration(unguarded)} without rules`;
  const row = (what: string, taken: number) => ({
    what,
    measured: duration(taken),
    beside,
    ratio: more(taken, unguarded),
  });
  return [
    {
      ...row(`an operation of ${fields} fields, rules at its 3 ways in`, guarded),
      wanted: '<= +10 %',
      isMet: guarded <= unguarded * 1.1,
    },
    row('  the same, with a sensitive field on each of 50 objects', sensitive),
    row(`  the same, with a rule on each of the ${fields} fields`, everywhere),
  ];
}

type Side = (context: RequestContext) => Promise<ExecutionResult>;

/** The graph under each set of rules, compiled. */
export function ruledSides(): Record<'unguarded' | 'guarded' | 'sensitive' | 'everywhere', Side> {
  const schema = graphInMemory();
  return {
    unguarded: compiled(schema),
    guarded: compiled(guard(schema, permissions)),
    sensitive: compiled(guard(schema, { ...permissions, fields: { User: { email: can('bench:email:read') } } })),
    everywhere: compiled(guard(schema, { ...permissions, fields: everyField(schema) })),
  };
}

function compiled(schema: GraphQLSchema): Side {
  const operationCompiled = compileQuery(schema, parse(operation));
  if (!isCompiledQuery(operationCompiled)) throw new Error('The operation does not fit the schema.');
  return async (context) => operationCompiled.query(undefined, context, {});
}

const declared = (name: string): PermissionDeclaration => ({ name, description: 'Of the bench.', risk: 'LOW' });

const permissions: SubgraphPermissions = {
  catalogue: ['bench:answer:read', 'bench:action:read', 'bench:email:read'].map(declared),
  Query: { viewer: anyone, answer: can('bench:answer:read'), actions: canList('bench:action:read') },
};

function everyField(schema: GraphQLSchema): Record<string, Record<string, ShieldRule>> {
  const types = Object.values(schema.getTypeMap()).filter(isObjectType);
  const plain = types.filter(({ name }) => name !== 'Query' && !name.startsWith('__'));
  return Object.fromEntries(
    plain.map((type) => [type.name, Object.fromEntries(Object.keys(type.getFields()).map((field) => [field, anyone]))]),
  );
}

/** A context for each request, as a subgraph makes it; decisions are kept as they are in the product. */
async function contexts(house: House): Promise<() => RequestContext> {
  const tenant = await addTenant(house);
  const { access, log } = house.kernel;
  const context = requestContext(someone(tenant, { permissions: ['bench:*:read'] }), log);
  return () => ({ ...context, loaders: new Map(), access });
}
