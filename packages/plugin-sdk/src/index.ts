export { type AmountPointers, atPointer, stepsOf } from './amount.ts';
export { type Connector, defineConnector } from './connector.ts';
export type { ContractCase } from './contract/contract-case.ts';
export {
  ContractBroken,
  type ContractCheck,
  type ContractOptions,
  type ContractReport,
  testConnector,
} from './contract/test-connector.ts';
export { type TestContextOptions, testContext } from './contract/test-context.ts';
export { longestDuration, millisecondsOf } from './exact-duration.ts';
export { type HttpClient, type HttpRequest, type HttpResponse, httpResponse, isSafe } from './http.ts';
export type { FromSchema, JsonObject, JsonSchema, JsonValue, ObjectSchema } from './json-schema.ts';
export { type ConnectorManifest, manifestOf, type ToolManifest } from './manifest.ts';
export {
  type CallMessage,
  CHANNEL_KEY,
  type ConnectorMessage,
  changesNothing,
  type HostMessage,
  type HttpRequestMessage,
  type OperationPayloads,
  type OperationResults,
  PROTOCOL_VERSION,
  type ProtocolVersion,
} from './protocol.ts';
export { type CheckedValue, checkAgainstSchema } from './schema-check.ts';
export { type Channel, serveConnector } from './serve-connector.ts';
export {
  type Change,
  type Compensation,
  type DataClass,
  defineTool,
  type Execution,
  type ItemResult,
  type Log,
  type LogLevel,
  type Preview,
  type Reversibility,
  type Risk,
  type Tool,
  type ToolContext,
  type ToolDefinition,
  type ToolOperation,
  type Undo,
  type Verification,
} from './tool.ts';
export {
  type Effect,
  fromWire,
  isToolErrorCode,
  type Problem,
  ToolError,
  type ToolErrorCode,
  type ToolErrorOptions,
  toolErrors,
  toWire,
  type WireError,
} from './tool-error.ts';
