export { createTestDatabase } from './database.ts';
export { testPrincipal } from './principals.ts';
export { startTestSubgraphs, type TestSubgraphs } from './subgraphs.ts';
