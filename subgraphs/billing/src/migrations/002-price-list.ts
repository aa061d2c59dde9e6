import { migration } from '@countersign/kernel';

/**
 * The first price list, in USD, for every tenant. A new price is a new row with a later date in a new migration: what
 * was metered before keeps the price that it was metered at.
 *
 * - `model.usage` passes on what the provider asks: a quantity of USD at 1 USD each.
 * - `compute.millisecond` is one core of ours for one millisecond, at 0.05 USD an hour (a cloud vCPU with 4 GB).
 * - `document.passage` is one passage stored and indexed.
 * - `tool.call.*` is one call of a connector's tool; those that change something in the other system cost more than
 *   those that only look.
 */
export const priceList = migration('billing/002-price-list', [
  `insert into billing.price (meter, unit, unit_price_usd, effective_from) values
     ('model.usage', 'USD', 1, '2020-01-01T00:00:00Z'),
     ('compute.millisecond', 'millisecond', 0.0000000139, '2020-01-01T00:00:00Z'),
     ('document.passage', 'passage', 0.000002, '2020-01-01T00:00:00Z'),
     ('tool.call.preview', 'call', 0.0001, '2020-01-01T00:00:00Z'),
     ('tool.call.execute', 'call', 0.001, '2020-01-01T00:00:00Z'),
     ('tool.call.verify', 'call', 0.0001, '2020-01-01T00:00:00Z'),
     ('tool.call.compensate', 'call', 0.001, '2020-01-01T00:00:00Z')`,
]);
