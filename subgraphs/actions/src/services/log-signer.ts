import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type Config, type Database, type Logger, SecretBox } from '@countersign/kernel';
import { keptLogKey, publishLogKey } from '../statements.ts';
import { keyIdOf } from './decision-log/index.ts';

interface SignerParts {
  readonly database: Database;
  readonly config: Pick<Config, 'logKey' | 'secretKey' | 'dataDir'>;
  readonly log: Pick<Logger, 'error'>;
}

/** The key that tree heads are signed with: the configured one, or one that was made here once and is kept encrypted. */
export class LogSigner {
  readonly #parts: SignerParts;
  readonly #box: SecretBox;
  #key: KeyObject | undefined;
  #told = false;

  constructor(parts: SignerParts) {
    this.#parts = parts;
    // Whoever serves has made the folder; where there is none, no key is left lying about.
    this.#box = new SecretBox(parts.config, { purpose: 'countersign:log-key', makesFolder: false });
  }

  /**
   * The private key, once its public half is published. Null when there is none to be had, which is logged: the log is
   * sealed all the same, and a head that is signed later covers what was sealed before.
   */
  async key(): Promise<KeyObject | null> {
    try {
      this.#key ??= await this.#find();
      return this.#key;
    } catch (error) {
      if (!this.#told) this.#parts.log.error({ err: error }, 'The decision log is sealed and not signed');
      this.#told = true;
      return null;
    }
  }

  async #find(): Promise<KeyObject> {
    const { database, config } = this.#parts;
    if (config.logKey) {
      const privateKey = createPrivateKey(config.logKey);
      const published = { ...publicHalf(privateKey), sealedPrivateKey: null };
      await database.asRole('sealer', (em) => publishLogKey(em, published));
      return privateKey;
    }
    const kept = (await database.asRole('sealer', keptLogKey)) ?? (await this.#make());
    return createPrivateKey(this.#box.open(kept.sealedPrivateKey, kept.id));
  }

  /** Of several processes that make one at once the first one's stays. */
  async #make(): Promise<{ id: string; sealedPrivateKey: string }> {
    const { database } = this.#parts;
    const { privateKey } = generateKeyPairSync('ed25519');
    const { id, publicKey } = publicHalf(privateKey);
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const made = { id, publicKey, sealedPrivateKey: this.#box.seal(pem, id) };
    await database.asRole('sealer', (em) => publishLogKey(em, made));
    return (await database.asRole('sealer', keptLogKey)) ?? made;
  }
}

function publicHalf(privateKey: KeyObject): { id: string; publicKey: string } {
  const key = createPublicKey(privateKey);
  return { id: keyIdOf(key), publicKey: key.export({ type: 'spki', format: 'pem' }).toString() };
}
