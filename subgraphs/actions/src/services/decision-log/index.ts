export { canonicalJson, type Digest, digestOf, type JsonObject, type JsonValue } from './canonical.ts';
export { emptyHead, type LogHead, orderForSealing, seal, sealHash } from './chain.ts';
export {
  contentDigest,
  ENTRY_KINDS,
  type EntryDraft,
  type EntryKind,
  eraseValues,
  type LogEntry,
  newEntry,
  type SealedEntry,
} from './entry.ts';
export { asLine, type FileLine, type LogEnd, logHeadSchema, type PublishedKey } from './file-line.ts';
export type { AbsentValue, Finding, FindingCode } from './finding.ts';
export { LogError, type LogErrorCode } from './log-error.ts';
export { frontierAt, leafHash, type ReadNode, readNodes, rootOf, type TreeNode } from './merkle.ts';
export { consistencyProof, inclusionProof, nodesNeeded, verifyConsistency, verifyInclusion } from './proofs.ts';
export { type PublicKeys, readPublicKeys } from './public-keys.ts';
export { keyIdOf, signTreeHead, type TreeHead, verifyTreeHead } from './tree-head.ts';
export { type LogReport, verifyLog } from './verify.ts';
export { type FileOptions, type FileReport, verifyLogFile } from './verify-file.ts';
export { verifyLogAt } from './verify-path.ts';
export { verifyActionTrail } from './verify-trail.ts';
