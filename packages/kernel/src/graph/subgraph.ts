import type { EntityClass } from '@mikro-orm/core';
import type { DocumentNode } from 'graphql';
import type { Config } from '../config.ts';
import type { Database } from '../database/database.ts';
import type { NamedMigration } from '../database/migrations.ts';
import type { EventConsumer } from '../events/event.ts';
import type { Loop } from '../events/loop.ts';
import type { Access } from '../permissions/access.ts';
import type { SubgraphPermissions } from '../permissions/guard.ts';
import type { RequestContext } from '../principal/context.ts';
import type { Logger } from '../telemetry/log.ts';
import type { GraphClient } from './client.ts';

export type SubgraphName = 'tenants' | 'knowledge' | 'inference' | 'actions' | 'billing';

/** What the house hands to each subgraph. */
export interface Kernel {
  readonly config: Config;
  readonly database: Database;
  /** The whole graph, asked with a caller's own principal. */
  readonly graph: GraphClient;
  /** Decides who may do what. */
  readonly access: Access;
  readonly log: Logger;
  readonly now: () => Date;
}

/**
 * Resolves entities of one type by their keys, all of one operation at once. Answers in the order of the keys, null for
 * what does not exist or may not be seen.
 */
export type ReferenceResolver = (
  references: readonly Readonly<Record<string, unknown>>[],
  context: RequestContext,
) => Promise<readonly (object | null)[]>;

/** SDL and resolvers that are not known before run time, such as one mutation per tool. */
export interface SchemaExtension {
  readonly typeDefs: DocumentNode;
  readonly resolvers: Record<string, Record<string, unknown>>;
  /** Rules for what the extension adds, merged into the subgraph's own. */
  readonly permissions?: Pick<SubgraphPermissions, 'catalogue' | 'Query' | 'Mutation'>;
}

/** What a subscription follows: called once the caller was let through, with the field's own arguments. */
export type Follow = (args: Readonly<Record<string, unknown>>, context: RequestContext) => AsyncIterable<unknown>;

/** One subgraph at work in this process, made for one kernel. */
export interface SubgraphParts {
  /** Instances of the type-graphql resolver classes. */
  readonly resolvers: readonly object[];
  readonly references?: Readonly<Record<string, ReferenceResolver>>;
  readonly extension?: SchemaExtension;
  /** What each subscription follows, by its name; in its resolver's decorator stands `followed`. */
  readonly follows?: Readonly<Record<string, Follow>>;
  readonly consumers?: readonly EventConsumer[];
  readonly loops?: readonly Loop[];
  /** Runs once everything is up, before requests are answered. */
  start?(): Promise<void>;
  stop?(): Promise<void>;
}

export interface SubgraphDefinition {
  readonly name: SubgraphName;
  readonly entities: readonly EntityClass[];
  readonly migrations: readonly NamedMigration[];
  readonly permissions: SubgraphPermissions;
  /** Object types that no resolver returns but that the schema must hold (entities that it only contributes to). */
  readonly types?: readonly Function[];
  /** Builds services and resolvers; opens nothing. */
  readonly assemble: (kernel: Kernel) => SubgraphParts;
}

/** Defines a subgraph. All five are made of the same parts, so that who knows one knows all. */
export const defineSubgraph = (definition: SubgraphDefinition): SubgraphDefinition => definition;
