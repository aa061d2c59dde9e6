export { assertCompatible } from './compatibility.ts';
export { extendMutation } from './extend-mutation.ts';
export type { ScalarsByFormat } from './input-type.ts';
export type { ConnectorManifest, JsonSchema, ToolManifest, ToolOfConnector } from './manifest.ts';
export { type ResolveTool, type SharedTypes, type ToolArguments, toolFields } from './tool-fields.ts';
export { toToolInput } from './tool-input.ts';
export { type ToolSchemaCode, ToolSchemaError, type ToolSchemaProblem } from './tool-schema-error.ts';
export { toolResolvers, toolSdl } from './tool-sdl.ts';
