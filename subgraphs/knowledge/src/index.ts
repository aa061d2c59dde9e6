import { defineSubgraph } from '@countersign/kernel';
import { Document } from './entities/document.ts';
import { Passage } from './entities/passage.ts';
import { Source } from './entities/source.ts';
import { initial } from './migrations/001-initial.ts';
import { permissions } from './permissions.ts';
import { DocumentResolver } from './resolvers/document.resolver.ts';
import { SearchResolver } from './resolvers/search.resolver.ts';
import { Documents } from './services/documents.ts';
import { hashingEmbedder } from './services/embedder.ts';
import { Ingestion } from './services/ingestion.ts';
import { Search } from './services/search.ts';

export type { DocumentIngested } from './events.ts';

/** What is known: sources, documents, passages, permissioned hybrid search. */
export const knowledge = defineSubgraph({
  name: 'knowledge',
  entities: [Source, Document, Passage],
  migrations: [initial],
  permissions,
  assemble: ({ database, now }) => {
    const documents = new Documents(database);
    const ingestion = new Ingestion(database, hashingEmbedder, now);
    const search = new Search(database, hashingEmbedder);
    return {
      resolvers: [new DocumentResolver(documents, ingestion), new SearchResolver(search, documents)],
      references: {
        Document: (keys, { principal }) =>
          documents.byIds(
            principal,
            keys.map((key) => String(key.id)),
          ),
        Passage: (keys, { principal }) =>
          documents.passages(
            principal,
            keys.map((key) => String(key.id)),
          ),
      },
    };
  },
});
