export { type CountersignClient, CountersignGraphError, createClient } from './client.ts';
export * from './generated/graph.ts';
