import { type GraphRequest, type Principal, permissionOf } from '@countersign/kernel';
import { OperationTypeNode } from 'graphql';
import { type Dice, dice } from './dice.ts';
import { callerOf } from './holdings.ts';
import type { IsolationHouse } from './house.ts';
import { nameOf, type Operation, operationThrough, type WayIn, waysInto } from './operations.ts';
import { Pool } from './pool.ts';
import type { Snapshot } from './rows.ts';
import type { TestTenant } from './tenants.ts';

/** One operation as one principal asks it. */
export interface Try {
  readonly number: number;
  readonly way: string;
  readonly operation: Operation;
  readonly request: GraphRequest;
  readonly principal: Principal;
}

/** How many ask in the same words, at the same time: nobody must get what was meant for another. */
const askers = { [OperationTypeNode.QUERY]: 5, [OperationTypeNode.MUTATION]: 3, [OperationTypeNode.SUBSCRIPTION]: 3 };

/** Thinks up who asks for what. The same seed and the same tenants give the same. */
export class Inventor {
  readonly ways: readonly WayIn[];
  readonly pool = new Pool();
  readonly asked = new Set<string>();
  readonly #tenants: readonly TestTenant[];
  readonly #seed: number;
  readonly #permissions: readonly string[];
  readonly #objectTypes: readonly string[];
  readonly #needed: ReadonlyMap<string, string>;
  #invented = 0;

  constructor(house: IsolationHouse, tenants: readonly TestTenant[], seed: number) {
    const runtimes = [...house.runtimes.values()];
    const declared = runtimes.map(({ permissions }) => permissions);
    this.ways = [
      ...waysInto('graph', house.bundle.apiSchema),
      ...runtimes.flatMap(({ name, schema }) => waysInto(name, schema)),
    ];
    this.#tenants = tenants;
    this.#seed = seed;
    this.#permissions = declared.flatMap(({ catalogue }) => catalogue.map(({ name }) => name));
    this.#objectTypes = ['Tenant', ...declared.flatMap(({ objectTypes = [] }) => objectTypes.map(({ type }) => type))];
    this.#needed = new Map(
      declared.flatMap(({ Query = {}, Mutation = {}, entities = {} }) =>
        Object.entries({ ...Query, ...Mutation, ...entities }).map(([name, rule]) => [name, permissionOf(rule) ?? '']),
      ),
    );
  }

  /** An operation, and all who ask it: one after the other in the list, all of them the same kind of operation. */
  next(snapshot: Snapshot): readonly [Try, ...Try[]] {
    const number = this.#invented;
    this.#invented += 1;
    const throwing = dice(this.#seed, number);
    const way = this.ways[number] ?? this.#any(throwing);
    const { pool, asked } = this;
    const known = { permissions: this.#permissions, objectTypes: this.#objectTypes };
    const source = { pool, asked, ...known, dice: throwing };
    const own = throwing.pick(this.#tenants);
    const operation = operationThrough(way, this.ways, { ...source, own });
    for (const field of operation.fields) asked.add(field);
    const requestOf = (tenant: TestTenant) => ({
      query: operation.query,
      variables: operation.variables({ ...source, own: tenant }),
    });
    const common = { number, operation, way: nameOf(way) };
    const first = { ...common, principal: this.#likely(throwing, own, way, snapshot), request: requestOf(own) };
    const others = Array.from({ length: askers[operation.kind] - 1 }, (): Try => {
      const tenant = throwing.pick(this.#tenants);
      const principal = throwing.chance(0.8)
        ? this.#likely(throwing, tenant, way, snapshot)
        : throwing.pick(tenant.principals);
      return { ...common, principal, request: throwing.chance(0.4) ? first.request : requestOf(tenant) };
    });
    return [first, ...others];
  }

  /** Each way once, then by the dice: the graph as often as all its subgraphs, and questions oftener than changes. */
  #any(throwing: Dice): WayIn {
    const graph = throwing.chance(0.5);
    const fitting = this.ways.filter(({ where }) => (where === 'graph') === graph);
    const way = throwing.pick(fitting);
    return way.kind === OperationTypeNode.MUTATION && throwing.chance(0.5) ? throwing.pick(fitting) : way;
  }

  /** Mostly somebody who holds what it takes: who is turned away at the door sees little. */
  #likely(throwing: Dice, { principals }: TestTenant, way: WayIn, snapshot: Snapshot): Principal {
    const needed = this.#needed.get(way.kind === 'entities' ? way.type : way.field);
    const holders = principals.filter((each) => needed && callerOf(snapshot, each)?.holds(needed));
    return throwing.pick(holders.length > 0 && throwing.chance(0.85) ? holders : principals);
  }
}
