/** What a verifier can find wrong. Stable: exports, the standalone verifier and clients switch on these. */
export type FindingCode =
  /** Not an entry (or tree head) of a known format, or with members that nothing commits to. */
  | 'MALFORMED'
  /** Of another tenant. */
  | 'FOREIGN'
  /** What the entry says is not what was sealed. */
  | 'CONTENT_ALTERED'
  /** Its number, its predecessor's hash or its own hash was altered. */
  | 'SEAL_ALTERED'
  /** A value, or its salt, does not match the digest that the entry commits to. */
  | 'VALUE_ALTERED'
  /** Numbers are missing, with later ones present. */
  | 'REMOVED'
  /** A second entry under a number or an id that is taken. */
  | 'INSERTED'
  /** Not at the place that its number gives it. */
  | 'REORDERED'
  /** Sound in itself, but not chained to the entry before it: one of the two was replaced. */
  | 'REPLACED'
  /** A signed tree head speaks of more entries than there are. */
  | 'TRUNCATED'
  /** The entry before it of the same action is not the one that it names. */
  | 'ACTION_GAP'
  /** Its proof does not lead to the root. */
  | 'NOT_INCLUDED'
  /** A tree head that its key did not sign, or whose key is not trusted. */
  | 'HEAD_NOT_TRUSTED'
  /** A signed tree head has another root than these entries: the log was rewritten, or forked. */
  | 'HEAD_MISMATCH'
  /** An exported file holds more or less than its last line says, or has no last line. */
  | 'NOT_WHOLE'
  /** No trusted tree head speaks for these entries: they could be another's, and others could have been cut off. */
  | 'UNATTESTED';

export interface Finding {
  code: FindingCode;
  /** Number of the entry concerned; for a run of entries the first; null where it has none. */
  seq: number | null;
  /** Last number of a run of entries. */
  toSeq?: number;
  /** Place in the list that was verified, from 0. */
  position?: number;
  /** Line of the file that was verified, from 1. */
  line?: number;
  entryId?: string;
  /** Name of the value concerned. */
  field?: string;
  message: string;
}

/** `Entry 3 is`, `Entries 3 to 5 are`: how a finding about a run of entries begins. */
export const runOf = (first: number, last: number): string =>
  first >= last ? `Entry ${first} is` : `Entries ${first} to ${last} are`;

/** A value that is no longer there, or was withheld. No fault by itself: its digest still commits to what it was. */
export interface AbsentValue {
  seq: number;
  entryId: string;
  field: string;
  /** Number of the ERASURE entry that records it, if the log has one. */
  erasedBy: number | null;
}
