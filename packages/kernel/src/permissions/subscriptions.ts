import { type GraphQLFieldResolver, type GraphQLSchema, isObjectType } from 'graphql';
import type { RequestContext } from '../principal/context.ts';
import { insist, type ShieldRule } from './rules.ts';

/**
 * Guards what a subscription begins with, which middleware does not reach, and asks again before each event, with the
 * caller as they stand by then: what was revoked in the meantime ends it.
 */
export function guardSubscriptions(
  schema: GraphQLSchema,
  rules: Readonly<Record<string, ShieldRule>>,
  otherwise: ShieldRule,
): void {
  const type = schema.getType('Subscription');
  if (!isObjectType(type)) return;
  for (const [name, field] of Object.entries(type.getFields())) {
    const rule = rules[name] ?? otherwise;
    const { subscribe } = field;
    const guarded: GraphQLFieldResolver<unknown, RequestContext> = async (parent, args, context, info) => {
      await insist(rule, parent, args, context);
      const events: unknown = await subscribe?.(parent, args, context, info);
      if (!isAsyncIterable(events)) throw new Error(`Subscription.${name} begins with nothing that can be followed.`);
      return whileAllowed(events, () => insist(rule, parent, args, context));
    };
    field.subscribe = guarded;
  }
}

/** Passes events on while the rule lets through; the refusal is the last thing that the caller hears. */
async function* whileAllowed(events: AsyncIterable<unknown>, ask: () => Promise<void>): AsyncGenerator<unknown> {
  for await (const event of events) {
    await ask();
    yield event;
  }
}

const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
