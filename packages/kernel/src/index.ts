export { type Config, loadConfig } from './config.ts';
export { Database, type EntityManager } from './database/database.ts';
export { lockFolder, readHolder } from './database/folder-lock.ts';
export { ensureLoginRole } from './database/login-role.ts';
export {
  acrossTenants,
  createSchema,
  migration,
  type NamedMigration,
  type Privilege,
  tenantTable,
} from './database/migrations.ts';
export { assertOutsideTransaction } from './database/session.ts';
export { CountersignError, type ErrorCode, errorCatalogue, hasCode, maskError, notFound } from './errors.ts';
export { type DomainEvent, type EventConsumer, type EventOrigin, publish } from './events/event.ts';
export { Events, migrateQueue } from './events/events.ts';
export { Loop } from './events/loop.ts';
export { type Executor, GraphClient, type GraphRequest } from './graph/client.ts';
export { JsonScalar } from './graph/json-scalar.ts';
export { inOrder, loadTogether } from './graph/loaders.ts';
export {
  type Connection,
  connection,
  type Edge,
  encodeCursor,
  type Page,
  PageArgs,
  PageInfo,
  parsePage,
} from './graph/relay.ts';
export { remoteExecutor, serveSubgraph } from './graph/remote.ts';
export { SubgraphRuntime } from './graph/runtime.ts';
export {
  defineSubgraph,
  type Kernel,
  type ReferenceResolver,
  type SchemaExtension,
  type SubgraphDefinition,
  type SubgraphName,
  type SubgraphParts,
} from './graph/subgraph.ts';
export { payload, problem, UserError, UserProblem } from './graph/user-error.ts';
export { isUuid, newId, type TenantId, tenantId } from './ids.ts';
export type { PermissionDeclaration, SubgraphPermissions } from './permissions/guard.ts';
export { anyone, can, type ShieldRule, servicesOnly } from './permissions/rules.ts';
export { type RequestContext, type RequestOrigin, requestContext } from './principal/context.ts';
export { covers, holds, type Principal, type PrincipalKind, servicePrincipal } from './principal/principal.ts';
export { PrincipalSigner, principalHeader, type SignedPrincipal } from './principal/signature.ts';
export { createLogger, type Logger } from './telemetry/log.ts';
export { Metrics } from './telemetry/metrics.ts';
export { inSpan, startTracing } from './telemetry/tracing.ts';
