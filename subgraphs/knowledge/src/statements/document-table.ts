import type { FilteredTable } from '@countersign/kernel';

/** What policies see of a document, as columns: the same as `kernel.object_document` has it. */
export const documentTable: FilteredTable = {
  idColumn: 'd.id',
  columns: {
    source: { sql: 'd.source', type: 'String', nullable: false },
    title: { sql: 'd.title', type: 'String', nullable: false },
    roles: { sql: 'd.roles', type: 'Set<String>', nullable: false },
    ingestedByKind: { sql: "split_part(d.ingested_by, ':', 1)", type: 'String', nullable: false },
    ingestedById: {
      sql: "substring(d.ingested_by from position(':' in d.ingested_by) + 1)",
      type: 'String',
      nullable: false,
    },
    classification: { sql: 'd.classification', type: 'Long', nullable: false },
    department: { sql: 'd.department', type: 'String', nullable: true },
    region: { sql: 'd.region', type: 'String', nullable: true },
  },
};
