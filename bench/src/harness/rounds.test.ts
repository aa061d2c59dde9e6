import { expect, it } from '@jest/globals';
import { alternate } from './rounds.ts';

it('rounds take turns, so that what disturbs the machine disturbs both sides', async () => {
  const order: string[] = [];
  const side = (name: string) => async (round: number) => {
    order.push(`${name}${round}`);
    return round;
  };
  const results = await alternate(2, side('product'), side('peer'));
  expect(order).toEqual(['product1', 'peer1', 'product2', 'peer2']);
  expect(results).toEqual({ a: [1, 2], b: [1, 2] });
});
