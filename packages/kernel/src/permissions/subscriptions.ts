import { type GraphQLFieldResolver, type GraphQLSchema, isObjectType } from 'graphql';
import { interruptible, mapEvents } from '../live/streams.ts';
import type { RequestContext } from '../principal/context.ts';
import { insist, type ShieldRule } from './rules.ts';

/**
 * Guards what a subscription begins with, which middleware does not reach, and asks again before each event, with the
 * caller as they stand by then, and whenever access changes: what was revoked ends it.
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
      return whileAllowed(events, () => insist(rule, parent, args, context), context);
    };
    field.subscribe = guarded;
  }
}

/** Passes events on while the rule lets through; the refusal is the last thing that the caller hears. */
function whileAllowed(
  events: AsyncIterable<unknown>,
  ask: () => Promise<void>,
  { access, principal }: RequestContext,
): AsyncGenerator<unknown, void, void> {
  // Whoever is let in no more is sent away at once, and not with the next event, which may be long in coming.
  const forget = access?.revisions.onChange((tenantId) => {
    if (tenantId === null || tenantId === principal.tenantId) ask().catch(interrupt);
  });
  const { events: passed, interrupt } = interruptible(events, () => forget?.());
  return mapEvents(passed, async (event) => {
    await ask();
    return event;
  });
}

const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
