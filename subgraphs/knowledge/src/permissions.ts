import { canList, type SubgraphPermissions } from '@countersign/kernel';

export const permissions: SubgraphPermissions = {
  catalogue: [
    {
      name: 'knowledge:document:read',
      description: 'Search and read the documents that the own roles give access to.',
      risk: 'LOW',
      on: 'Document',
      listed: true,
    },
    {
      name: 'knowledge:document:ingest',
      description: 'Add documents, and say which roles may read them.',
      risk: 'MEDIUM',
    },
    {
      name: 'knowledge:document:administer',
      description: 'Read every document of the tenant, whichever roles it names.',
      risk: 'HIGH',
    },
  ],
  builtInPolicies: [
    {
      id: 'access-list',
      name: "A document's access list",
      exempt: 'knowledge:document:administer',
      text: `forbid (principal, action == Action::"knowledge:document:read", resource is Document)
        unless {
          resource.roles.containsAny(principal.roles) ||
          (resource.ingestedByKind == principal.kind && resource.ingestedById == principal.id)
        };`,
    },
  ],
  objectTypes: [
    {
      type: 'Document',
      description: 'A document, and each of its passages.',
      noun: 'document',
      readPermission: 'knowledge:document:read',
      attributes: [
        { name: 'source', type: 'String', required: true, description: 'Where it comes from.' },
        { name: 'title', type: 'String', required: true, description: 'Its title.' },
        { name: 'roles', type: 'Set<String>', required: true, description: 'Names of the roles that may read it.' },
        { name: 'ingestedByKind', type: 'String', required: true, description: 'What ingested it: user, api_key, ...' },
        { name: 'ingestedById', type: 'String', required: true, description: 'The id of who ingested it.' },
        { name: 'classification', type: 'Long', required: true, description: '0 (public) to 3 (restricted).' },
        { name: 'department', type: 'String', required: false, description: 'The department that it belongs to.' },
        { name: 'region', type: 'String', required: false, description: 'The region that it is about.' },
      ],
    },
  ],
  Query: {
    search: canList('knowledge:document:read'),
    document: canList('knowledge:document:read'),
    documents: canList('knowledge:document:read'),
  },
  Mutation: {
    ingestDocument: canList('knowledge:document:ingest'),
  },
  entities: {
    // Which ones a caller may see is decided for each document, in the statement that reads it.
    Document: canList('knowledge:document:read'),
    Passage: canList('knowledge:document:read'),
  },
};
