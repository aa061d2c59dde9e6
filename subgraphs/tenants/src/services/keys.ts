import { type Database, type Principal, personOf, type RequestContext } from '@countersign/kernel';
import { ApiKey } from '../entities/api-key.ts';
import { keyOfSecret, noteKeyUse, ownerOfKey } from '../statements/keys.ts';
import type { AccessChanges, Outcome } from './changes/access-changes.ts';
import { type KeyRotation, type NewKey, rotateOwnKey, takeOverKey } from './changes/key-changes.ts';
import type { Directory } from './directory.ts';

/** How often a key's last use is written down at most, in milliseconds. */
const noteEveryMs = 60_000;

/** API keys, as they are listed, rotated and signed in with. */
export class Keys {
  readonly #database: Database;
  readonly #directory: Directory;
  readonly #changes: AccessChanges;
  readonly #now: () => Date;

  constructor(parts: { database: Database; directory: Directory; changes: AccessChanges; now: () => Date }) {
    this.#database = parts.database;
    this.#directory = parts.directory;
    this.#changes = parts.changes;
    this.#now = parts.now;
  }

  /** The newest first, from behind the id. */
  listAfter(principal: Principal, id: string | undefined, limit: number): Promise<ApiKey[]> {
    return this.#database.read(principal, (em) =>
      em.find(ApiKey, id === undefined ? {} : { id: { $lt: id } }, { orderBy: { id: 'desc' }, limit }),
    );
  }

  /** One's own key is rotated at once; taking over another's is handing it on, and may have to wait. */
  async rotate(rotation: KeyRotation, context: RequestContext): Promise<Outcome<NewKey>> {
    const owner = await this.#database.read(context.principal, (em) => ownerOfKey(em, rotation.id));
    const own = owner !== null && owner === personOf(context.principal);
    return this.#changes.make(own ? rotateOwnKey : takeOverKey, rotation, context);
  }

  /** Who signs in with the key; null for a key that has ended, another secret, or an owner who may not sign in. */
  async present(principal: Principal, keyId: string, secretHash: string): Promise<Principal | null> {
    const key = await this.#database.read(principal, (em) => keyOfSecret(em, keyId, secretHash));
    if (!key) return null;
    const kind = key.connector === null ? 'api_key' : 'connector';
    const found = await this.#directory.resolve(principal, { kind, id: keyId });
    const now = this.#now();
    if (found && (key.lastUsedAt === null || now.getTime() - key.lastUsedAt.getTime() >= noteEveryMs)) {
      await this.#database.withTenant(principal, (em) => noteKeyUse(em, keyId, now, noteEveryMs));
    }
    return found;
  }
}
