/** Payload of the event `DocumentIngested`: a document is stored and can be found. */
export interface DocumentIngested {
  readonly documentId: string;
  readonly title: string;
  /** How many passages it was cut into. */
  readonly passages: number;
  /** Time spent on cutting, indexing and embedding it, in milliseconds. */
  readonly computeMs: number;
}
