import { defineSubgraph } from '@countersign/kernel';
import { Document } from './entities/document.ts';
import { Passage } from './entities/passage.ts';
import { Source } from './entities/source.ts';
import { initial } from './migrations/001-initial.ts';
import { access as accessMigration } from './migrations/002-access.ts';
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
  migrations: [initial, accessMigration],
  permissions,
  assemble: ({ access, database, now }) => {
    const documents = new Documents({ database, access });
    const ingestion = new Ingestion(database, hashingEmbedder, now);
    const search = new Search({ database, access, embedder: hashingEmbedder });
    return {
      resolvers: [new DocumentResolver(documents, ingestion), new SearchResolver(search, documents)],
      references: {
        Document: (keys, context) =>
          documents.byIds(
            context,
            keys.map((key) => String(key.id)),
          ),
        Passage: (keys, context) =>
          documents.passages(
            context,
            keys.map((key) => String(key.id)),
          ),
      },
    };
  },
});
