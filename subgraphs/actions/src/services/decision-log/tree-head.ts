import { createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from './canonical.ts';

/** A signed statement that a tenant's log, at this size, has this root. */
export const treeHeadSchema = z.strictObject({
  format: z.literal(1),
  tenantId: z.string().min(1),
  treeSize: z.int().nonnegative(),
  rootHash: z.string().regex(/^[0-9a-f]{64}$/),
  sealedAt: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  keyId: z.string().min(1),
  /** Ed25519 (RFC 8032) over the canonical JSON of the rest with `domain: 'countersign.log.tree-head'`; base64. */
  signature: z.base64(),
});
export type TreeHead = z.infer<typeof treeHeadSchema>;

export function signTreeHead(
  log: { tenantId: string; treeSize: number; rootHash: string; sealedAt: Date },
  privateKey: KeyObject,
): TreeHead {
  const statement = {
    format: 1 as const,
    tenantId: log.tenantId,
    treeSize: log.treeSize,
    rootHash: log.rootHash,
    sealedAt: log.sealedAt.toISOString(),
    keyId: keyIdOf(createPublicKey(privateKey)),
  };
  return { ...statement, signature: sign(null, signedBytes(statement), privateKey).toString('base64') };
}

/** Whether this key signed this head. The key must be one that the verifier got from elsewhere than the head. */
export function verifyTreeHead(head: TreeHead, publicKey: KeyObject): boolean {
  const { signature, ...statement } = head;
  if (publicKey.asymmetricKeyType !== 'ed25519' || head.keyId !== keyIdOf(publicKey)) return false;
  const bytes = Buffer.from(signature, 'base64');
  // Base64 can spell the same bytes in several ways; only one of them was signed and handed out.
  if (bytes.toString('base64') !== signature) return false;
  return verify(null, signedBytes(statement), publicKey, bytes);
}

/** Why a head says nothing about a tenant's log; null for one that a trusted key signed for it. */
export function distrustOf(
  head: TreeHead,
  { tenantId, keys }: { tenantId: string; keys?: ReadonlyMap<string, KeyObject> | undefined },
): string | null {
  const key = keys?.get(head.keyId);
  if (key === undefined) return `its key ${head.keyId} is not among the trusted ones`;
  if (head.tenantId !== tenantId) return `it is of tenant ${head.tenantId}`;
  return verifyTreeHead(head, key) ? null : 'its signature does not hold';
}

/** A key's id: SHA-256 over its SubjectPublicKeyInfo (DER), hex. */
export function keyIdOf(publicKey: KeyObject): string {
  const known = knownIds.get(publicKey);
  if (known !== undefined) return known;
  const id = hash('sha256', publicKey.export({ type: 'spki', format: 'der' }));
  knownIds.set(publicKey, id);
  return id;
}

/** A log has thousands of heads of one key. */
const knownIds = new WeakMap<KeyObject, string>();

function signedBytes(statement: Omit<TreeHead, 'signature'>): Buffer {
  return Buffer.from(canonicalJson({ ...statement, domain: 'countersign.log.tree-head' }));
}
