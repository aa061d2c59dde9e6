import { cpus } from 'node:os';
import type { Layer } from '../harness/layers.ts';
import type { Share } from '../harness/profile.ts';
import { figure, mebibytes, percent, table } from '../harness/table.ts';
import type { Shape } from './deployment.ts';
import type { Comparison, Pace, SideFigures } from './measure.ts';

export interface ShapeResult extends Comparison {
  readonly shape: Shape;
  /** Size of the answer. */
  readonly bytes: number;
}

export interface FederationResult {
  readonly bench: 'federation';
  readonly at: string;
  readonly machine: { readonly node: string; readonly cores: number; readonly model: string };
  readonly entities: number;
  readonly pace: Pace;
  readonly shapes: readonly ShapeResult[];
}

export const machine = (): FederationResult['machine'] => ({
  node: process.version,
  cores: cpus().length,
  model: cpus()[0]?.model ?? 'unknown',
});

/** The result for people. */
export function print({ machine, entities, pace, shapes }: FederationResult): string {
  const { connections, rounds, seconds } = pace;
  return [
    `federation: one operation over five subgraphs with a list of ${entities} actions`,
    `Node.js ${machine.node}, ${machine.cores} cores (${machine.model}); ${connections} connections, ${rounds} rounds of ${seconds} s for each side, in turn`,
    ...shapes.map(printShape),
  ].join('\n');
}

function printShape({ shape, bytes, product, monolith, layers, hottest }: ShapeResult): string {
  const title = `\n${shape} (an answer of ${(bytes / 1024).toFixed(0)} KB)\n`;
  return [
    title,
    printSides(product, monolith),
    ...printProcesses(product),
    printLayers(layers),
    printHottest(hottest),
  ].join('\n');
}

function printSides(product: SideFigures, monolith: SideFigures): string {
  const row = (name: string, side: SideFigures) => [
    name,
    figure(side.requestsPerSecond),
    `${figure(side.slowest)}-${figure(side.quickest)}`,
    figure(side.p50),
    figure(side.p95),
    figure(side.cpuPerRequest),
    mebibytes(side.rss),
  ];
  const times = (of: (side: SideFigures) => number) => `x ${figure(of(product) / of(monolith))}`;
  return table([
    ['', 'requests/s', 'by round', 'p50 ms', 'p95 ms', 'CPU ms/request', 'RSS MB'],
    row('countersign', product),
    row('graphql-jit monolith', monolith),
    [
      'ratio',
      `1 : ${figure(monolith.requestsPerSecond / product.requestsPerSecond)}`,
      '',
      times((side) => side.p50),
      times((side) => side.p95),
      times((side) => side.cpuPerRequest),
      times((side) => side.rss),
    ],
  ]);
}

function printProcesses({ processes, cpuPerRequest }: SideFigures): string[] {
  if (processes.length < 2) return [];
  const rows = processes.map((each) => [
    `  ${each.name}`,
    figure(each.cpuPerRequest),
    percent(each.cpuPerRequest, cpuPerRequest),
    mebibytes(each.rss),
  ]);
  return [`\nBy process (PostgreSQL's own are not counted)\n`, table([['', 'CPU ms/request', '', 'RSS MB'], ...rows])];
}

/** How many packages are named for each part of the way. */
const namedShares = 4;

function printLayers(layers: readonly Layer[]): string {
  const whole = layers.reduce((sum, layer) => sum + layer.amount, 0);
  const line = (name: string, amount: number) => [name, figure(amount), percent(amount, whole)];
  const rows = layers.flatMap(({ name, amount, shares }) => [
    line(name, amount),
    ...shares
      .filter(({ owner }) => owner !== name)
      .slice(0, namedShares)
      .map((share) => line(`    ${share.owner}`, share.amount)),
  ]);
  return [`\nWhere the time goes (CPU ms of one request, by a profile)\n`, table(rows)].join('\n');
}

function printHottest(hottest: readonly Share[]): string {
  const rows = hottest.map(({ owner, amount }) => [owner, figure(amount)]);
  return [`\nThe hottest functions (CPU ms of one request, without what they call)\n`, table(rows)].join('\n');
}
