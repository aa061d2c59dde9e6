import { type DomainEvent, type EventOrigin, newId, type Principal, publish } from '@countersign/kernel';
import type { TestSubgraphs } from '@countersign/kernel/testing';

/** The origin of a piece of work done by a principal. */
export const originOf = (principal: Principal): EventOrigin => ({
  principal,
  correlationId: newId(),
  workflow: 'discharge',
  surface: 'api',
});

/** Lets something have happened, as another subgraph would: in the transaction that makes it true. */
export const happen = (house: TestSubgraphs, principal: Principal, type: string, payload: object): Promise<void> =>
  house.database.withTenant(principal, (em) => publish(em, originOf(principal), type, payload));

/** Hands an event to billing's consumer without the relay and its own memory of what was delivered. */
export async function deliver(house: TestSubgraphs, principal: Principal, event: DomainEvent): Promise<void> {
  const consumer = house.runtimes.get('billing')?.parts.consumers?.find((each) => each.event === event.type);
  if (!consumer) throw new Error(`Billing does not consume ${event.type}.`);
  await house.database.withTenant(principal, (em) => consumer.handle(em, event));
}

/** Asks again until the answer is as wanted; what a test's own time limit ends. */
export async function eventually<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Runs an operation on billing and answers its data. Throws its first error. */
export async function ask<T>(house: TestSubgraphs, principal: Principal, query: string, variables = {}): Promise<T> {
  const { data, errors } = await house.execute('billing', principal, query, variables);
  if (errors?.[0]) throw errors[0];
  return data as T; // The operation's own shape, which its caller names.
}
