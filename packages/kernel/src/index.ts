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
export { writeLast } from './database/write-last.ts';
export { CountersignError, type ErrorCode, errorCatalogue, hasCode, maskError, notFound } from './errors.ts';
export {
  type DomainEvent,
  type EventConsumer,
  type EventOrigin,
  goingOn,
  joinAudience,
  publish,
} from './events/event.ts';
export { Events, migrateQueue } from './events/events.ts';
export { Loop } from './events/loop.ts';
export { type EventStream, type Executor, GraphClient, type GraphRequest, type Subscriber } from './graph/client.ts';
export { JsonScalar } from './graph/json-scalar.ts';
export { assembleKernel } from './graph/kernel.ts';
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
export { remoteSubscriber } from './graph/remote-events.ts';
export { SubgraphRuntime } from './graph/runtime.ts';
export { followed } from './graph/schema.ts';
export {
  defineSubgraph,
  type Follow,
  type Kernel,
  type ReferenceResolver,
  type SchemaExtension,
  type SubgraphDefinition,
  type SubgraphName,
  type SubgraphParts,
} from './graph/subgraph.ts';
export { payload, problem, UserError, UserProblem } from './graph/user-error.ts';
export { isUuid, newId, type TenantId, tenantId } from './ids.ts';
export { interrupted, LiveFeed } from './live/feed.ts';
export { LiveHub } from './live/hub.ts';
export { type Interruptible, interruptible, mapEvents } from './live/streams.ts';
export { Access } from './permissions/access.ts';
export type { AccessRecord, AccessRefused } from './permissions/access-records.ts';
export * from './permissions/cedar/index.ts';
export { type DecisionContext, decisionContext } from './permissions/decision-context.ts';
export {
  type BuiltInPolicy,
  type Declared,
  type ObjectRef,
  type ObjectTypeDeclaration,
  objectFunction,
  type PermissionDeclaration,
  type PermissionRisk,
} from './permissions/declarations.ts';
export { guard, type SubgraphPermissions } from './permissions/guard.ts';
export { AccessDenied } from './permissions/refusals.ts';
export { registerPermissions } from './permissions/registry.ts';
export { anyone, can, canList, canOn, permissionOf, type ShieldRule, servicesOnly } from './permissions/rules.ts';
export { type DataClass, isVeiled, mask, maskJson, type SensitiveField, veil } from './permissions/sensitive.ts';
export {
  type AccessRow,
  changeAccess,
  readAccess,
  readDeclared,
  readObject,
  readObjectTypes,
  readPermissions,
  readPolicies,
  readPrincipal,
} from './permissions/statements.ts';
export {
  type FilteredTable,
  type SeenObject,
  TenantRules,
  vocabularyOf,
  wholeTenant,
} from './permissions/tenant-rules.ts';
export { type RequestContext, requestContext } from './principal/context.ts';
export type { Caller, RequestOrigin } from './principal/origin.ts';
export {
  type Attributes,
  covers,
  holds,
  mayGrant,
  type Principal,
  type PrincipalKind,
  personOf,
  servicePrincipal,
} from './principal/principal.ts';
export { PrincipalSigner, principalHeader, type SignedPrincipal } from './principal/signature.ts';
export { SecretBox } from './secrets/secret-box.ts';
export { createLogger, type Logger } from './telemetry/log.ts';
export { Metrics } from './telemetry/metrics.ts';
export { inSpan, startTracing } from './telemetry/tracing.ts';
