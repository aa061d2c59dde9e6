import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What Prometheus reads at `/metrics`. */
export class Metrics {
  readonly registry = new Registry();
  readonly operations = new Histogram({
    name: 'countersign_graphql_operation_seconds',
    help: 'Duration of GraphQL operations at the gateway.',
    labelNames: ['operation', 'outcome'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });
  readonly refusals = new Counter({
    name: 'countersign_refusals_total',
    help: 'Requests refused at the gateway, by code.',
    labelNames: ['code'],
    registers: [this.registry],
  });

  readonly subscriptions = new Gauge({
    name: 'countersign_live_operations',
    help: 'Subscriptions, and other operations over a socket, that are under way at the gateway.',
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }
}
