import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, CountersignError, hasCode } from '@countersign/kernel';

type Settings = Pick<Config, 'secretKey' | 'dataDir'>;

const purpose = 'countersign:log-key';
const version = 'v1';
const nonceBytes = 12;
const tagBytes = 16;

/**
 * The private key as it is kept in the database: AES-256-GCM (NIST SP 800-38D) under a key made from the configured
 * secret, or else from the key file in the data folder. `v1.` and nonce, tag and ciphertext in base64url.
 */
export function sealKey(privateKey: string, keyId: string, settings: Settings): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', boxKey(settings), nonce).setAAD(Buffer.from(keyId));
  const sealed = Buffer.concat([cipher.update(privateKey, 'utf8'), cipher.final()]);
  return `${version}.${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')}`;
}

/** Throws `CONFIG_INVALID` when it was sealed under another secret, for another key id, or was altered. */
export function openKey(sealed: string, keyId: string, settings: Settings): string {
  const [name, body = ''] = sealed.split('.');
  const bytes = Buffer.from(body, 'base64url');
  const key = boxKey(settings);
  try {
    if (name !== version) throw new Error(`Sealed as ${name}.`);
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
      .setAAD(Buffer.from(keyId))
      .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString('utf8');
  } catch (cause) {
    const message = "The log's key does not open: COUNTERSIGN_SECRET_KEY is not the one that it was stored under.";
    throw new CountersignError('CONFIG_INVALID', message, { cause });
  }
}

function boxKey({ secretKey, dataDir }: Settings): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secretKey ?? fileKey(dataDir), '', purpose, 32));
}

/** The same file that other secrets at rest are encrypted with. The folder is not made here: who serves has made it. */
function fileKey(dataDir: string): Uint8Array {
  const file = join(dataDir, 'secrets.key');
  try {
    writeFileSync(file, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (hasCode(error, 'ENOENT')) {
      const message = 'Nothing to encrypt the key of the log with: set COUNTERSIGN_LOG_KEY or COUNTERSIGN_SECRET_KEY.';
      throw new CountersignError('CONFIG_INVALID', message, { cause: error });
    }
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64url');
  if (key.length === 32) return key;
  throw new CountersignError('CONFIG_INVALID', `${file} does not hold a key of 32 bytes in base64url.`);
}
