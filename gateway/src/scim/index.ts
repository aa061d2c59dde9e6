export type { AttributeMapping, MappableAttribute } from './attribute-mapping.ts';
export * from './directory.ts';
export { GraphDirectory, graphDirectory } from './graph-directory.ts';
export { type ScimOptions, scimRoutes } from './routes.ts';
