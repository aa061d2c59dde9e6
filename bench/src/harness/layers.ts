import type { Share } from './profile.ts';

/** A part of a request's way, with the packages that do its work. */
export interface Layer {
  readonly name: string;
  /** In the unit of the shares. */
  readonly amount: number;
  readonly shares: readonly Share[];
}

/** In the order of a request's way. The first pattern that fits an owner takes it. */
const layers: readonly (readonly [name: string, owners: RegExp])[] = [
  [
    'HTTP and front door',
    /^(fastify|@fastify\/.*|light-my-request|find-my-way|@apollo\/server.*|@countersign\/gateway)$/,
  ],
  ['planning, merging, shaping', /^(@apollo\/(gateway|query-.*|federation-.*)|graphql, for (@apollo\/.*|apollo-.*))$/],
  [
    'running subgraph operations',
    /^(graphql-jit|@apollo\/subgraph|type-graphql|graphql-.*|dataloader|graphql, for .*|fast-json-.*)$/,
  ],
  ['database', /^(@mikro-orm\/.*|kysely|pg|pg-.*|postgres-.*|@electric-sql\/.*|PGlite.*)$/],
  ['our own code', /^@countersign\//],
  ['garbage collector', /^garbage collector$/],
  ['Node.js itself', /^(Node\.js itself|native code and system calls|undici)$/],
  ['everything else', /./],
];

/** Puts a profile's owners together by the part of the way that they serve; empty parts are left out. */
export function layersOf(shares: readonly Share[]): Layer[] {
  const found = new Map<string, Share[]>();
  for (const share of shares) {
    const name = layers.find(([, owners]) => owners.test(share.owner))?.[0] ?? 'everything else';
    found.set(name, [...(found.get(name) ?? []), share]);
  }
  return layers.flatMap(([name]) => {
    const own = found.get(name) ?? [];
    const amount = own.reduce((sum, share) => sum + share.amount, 0);
    return amount > 0 ? [{ name, amount, shares: own }] : [];
  });
}
