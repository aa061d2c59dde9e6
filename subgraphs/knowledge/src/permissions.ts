import { can, type SubgraphPermissions } from '@countersign/kernel';

export const permissions: SubgraphPermissions = {
  catalogue: [
    {
      name: 'knowledge:document:read',
      description: 'Search and read the documents that the own roles give access to.',
    },
    { name: 'knowledge:document:ingest', description: 'Add documents, and say which roles may read them.' },
    {
      name: 'knowledge:document:administer',
      description: 'Read every document of the tenant, whichever roles it names.',
    },
  ],
  Query: {
    search: can('knowledge:document:read'),
    document: can('knowledge:document:read'),
    documents: can('knowledge:document:read'),
  },
  Mutation: {
    ingestDocument: can('knowledge:document:ingest'),
  },
  entities: {
    // Which ones a caller may see is decided for each document, in the statement that reads it.
    Document: can('knowledge:document:read'),
    Passage: can('knowledge:document:read'),
  },
};
