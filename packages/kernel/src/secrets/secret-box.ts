import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { CountersignError, hasCode } from '../errors.ts';

const version = 'v1';
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Keeps secrets at rest: AES-256-GCM (NIST SP 800-38D) under a key made from the configured secret, or else from a key
 * file in the data folder. What is sealed for one owner opens for that owner alone, wherever its row is copied.
 */
export class SecretBox {
  readonly #config: Pick<Config, 'secretKey' | 'dataDir'>;
  readonly #use: { readonly purpose: string; readonly makesFolder: boolean };
  #key: Uint8Array | undefined;

  /**
   * @param use.purpose what the key is made for: another purpose makes another key
   * @param use.makesFolder whether a data folder that is not there is made, or a `CONFIG_INVALID`
   */
  constructor(config: Pick<Config, 'secretKey' | 'dataDir'>, use: { purpose: string; makesFolder: boolean }) {
    this.#config = config;
    this.#use = use;
  }

  /** `v1.` and nonce, tag and ciphertext in base64url. */
  seal(secret: string, owner: string): string {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#keyNow(), nonce).setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return `${version}.${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')}`;
  }

  /** Throws `CONFIG_INVALID` when it was sealed under another key, for another owner, or was altered. */
  open(sealed: string, owner: string): string {
    const [name, body = ''] = sealed.split('.');
    const bytes = Buffer.from(body, 'base64url');
    try {
      if (name !== version) throw new Error(`Sealed as ${name}.`);
      const nonce = bytes.subarray(0, nonceBytes);
      const decipher = createDecipheriv('aes-256-gcm', this.#keyNow(), nonce, { authTagLength: tagBytes })
        .setAAD(Buffer.from(owner))
        .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
      const opened = decipher.update(bytes.subarray(nonceBytes + tagBytes));
      return Buffer.concat([opened, decipher.final()]).toString('utf8');
    } catch (cause) {
      const message = 'A stored secret does not open: COUNTERSIGN_SECRET_KEY is not the one that it was stored under.';
      throw new CountersignError('CONFIG_INVALID', message, { cause });
    }
  }

  /** Read when it is first needed: most tenants have no secret, and their folder then needs no key file. */
  #keyNow(): Uint8Array {
    this.#key ??= new Uint8Array(
      hkdfSync('sha256', this.#config.secretKey ?? this.#fileKey(), '', this.#use.purpose, 32),
    );
    return this.#key;
  }

  #fileKey(): Uint8Array {
    const { dataDir } = this.#config;
    const file = join(dataDir, 'secrets.key');
    if (this.#use.makesFolder) mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    try {
      writeFileSync(file, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 });
    } catch (error) {
      if (hasCode(error, 'ENOENT')) {
        const message = `There is nothing to encrypt secrets with: set COUNTERSIGN_SECRET_KEY, or make the folder ${dataDir}.`;
        throw new CountersignError('CONFIG_INVALID', message, { cause: error });
      }
      if (!hasCode(error, 'EEXIST')) throw error;
    }
    const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64url');
    if (key.length === 32) return key;
    throw new CountersignError('CONFIG_INVALID', `${file} does not hold a key of 32 bytes in base64url.`);
  }
}
