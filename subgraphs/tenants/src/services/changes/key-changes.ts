import { type EntityManager, isUuid, newId, type Principal, personOf, problem, readAccess } from '@countersign/kernel';
import { ApiKey } from '../../entities/api-key.ts';
import { issueApiKeySecret } from '../secrets.ts';
import { type Author, changeKind, insistMayGrant } from './change.ts';
import { daysAfter, insistExpiry } from './expiry.ts';
import { insistSomeGrantable } from './grantable.ts';
import { insistName } from './names.ts';

export interface KeyDraft {
  readonly name: string;
  readonly permissions: readonly string[];
  /** ISO 8601; null: 90 days from when it is made. */
  readonly expiresAt: string | null;
  readonly connector: string | null;
  readonly reason: string | null;
}

export interface KeyRotation {
  readonly id: string;
  readonly overlapSeconds: number;
  readonly reason: string | null;
}

export interface NewKey {
  readonly apiKey: ApiKey;
  /** Handed out by whoever made it just now, and kept nowhere. */
  readonly secret: string;
}

const permission = 'tenants:key:administer';
const standardDays = 90;
const mostDays = 366;
const mostOverlapSeconds = 7 * 86_400;

/**
 * Refuses with `NAME_INVALID`, `CONNECTOR_INVALID`, `PERMISSIONS_MISSING`, `PERMISSION_UNKNOWN`, `CANNOT_GRANT`,
 * `EXPIRY_INVALID`, `OWNER_NEEDED`. A key that waited for a second person is made with a secret that nobody has seen:
 * its owner gets one by rotating it.
 */
export const createApiKey = changeKind<KeyDraft, NewKey>({
  name: 'key.create',
  permission,
  apply: async (em, draft, author) => {
    const made = await insertKey(em, {
      name: insistName(draft.name, ['input', 'name']),
      connector: draft.connector === null ? null : insistConnector(draft.connector),
      permissions: await insistSomeGrantable(em, draft.permissions, author),
      expiresAt:
        draft.expiresAt === null
          ? daysAfter(author.now, standardDays)
          : insistExpiry(draft.expiresAt, author.now, mostDays),
      rotatedFrom: null,
      author,
    });
    return { result: made, subject: subjectOf(made.apiKey), before: null, after: contentOf(made.apiKey) };
  },
});

/**
 * A new secret for a key of one's own. It hands on nothing that its owner had not, so that nobody else need be asked,
 * but where changes need a second person it does not outlive what they agreed to. Refuses with `KEY_NOT_FOUND`,
 * `KEY_ENDED`, `KEY_OF_ANOTHER`, `CANNOT_GRANT`, `OVERLAP_INVALID`, `OWNER_NEEDED`.
 */
export const rotateOwnKey = changeKind<KeyRotation, NewKey>({
  name: 'key.rotate',
  permission,
  needsNoApproval: true,
  apply: async (em, rotation, author) => {
    const old = await insistLiveKey(em, rotation.id, author);
    if (old.ownerId !== personOf(author.principal)) {
      throw problem('KEY_OF_ANOTHER', 'The key has another owner by now: ask for it again.', ['input', 'id']);
    }
    const access = await readAccess(em);
    const agreedTo = access?.settings.permissionChangesNeedApproval === true ? old.expiresAt : null;
    return rotate(em, { old, rotation, author, agreedTo });
  },
});

/** The same for somebody else's key: whoever rotates it owns it from then on. Refuses like `rotateOwnKey`. */
export const takeOverKey = changeKind<KeyRotation, NewKey>({
  name: 'key.take-over',
  permission,
  apply: async (em, rotation, author) => {
    const old = await insistLiveKey(em, rotation.id, author);
    return rotate(em, { old, rotation, author, agreedTo: null });
  },
});

/** Refuses with `KEY_NOT_FOUND`, `KEY_ENDED`. */
export const revokeApiKey = changeKind<{ readonly id: string; readonly reason: string | null }, ApiKey>({
  name: 'key.revoke',
  permission,
  needsNoApproval: true,
  apply: async (em, { id }, author) => {
    const key = await insistLiveKey(em, id, author);
    const before = contentOf(key);
    key.revokedAt = author.now;
    return { result: key, subject: subjectOf(key), before, after: contentOf(key) };
  },
});

interface Rotating {
  readonly old: ApiKey;
  readonly rotation: KeyRotation;
  readonly author: Author;
  /** When the new key ends; null: it lives as long as the old one was made to. */
  readonly agreedTo: Date | null;
}

async function rotate(em: EntityManager, { old, rotation: { overlapSeconds }, author, agreedTo }: Rotating) {
  if (!Number.isInteger(overlapSeconds) || overlapSeconds < 0 || overlapSeconds > mostOverlapSeconds) {
    const message = `The old key goes on for 0 to ${mostOverlapSeconds} seconds, which are 7 days.`;
    throw problem('OVERLAP_INVALID', message, ['input', 'overlapSeconds'], { most: mostOverlapSeconds });
  }
  insistMayGrant(author, old.permissions, ['input', 'id']);
  const before = contentOf(old);
  const lifetimeMs = old.expiresAt.getTime() - old.createdAt.getTime();
  const { name, connector, permissions, id: rotatedFrom } = old;
  const expiresAt = agreedTo ?? new Date(author.now.getTime() + lifetimeMs);
  const made = await insertKey(em, { name, connector, permissions, rotatedFrom, expiresAt, author });
  const end = new Date(author.now.getTime() + overlapSeconds * 1_000);
  if (end < old.expiresAt) old.expiresAt = end;
  const after = { ...contentOf(made.apiKey), rotatedFrom: old.id, oldEndsAt: old.expiresAt.toISOString() };
  return { result: made, subject: subjectOf(made.apiKey), before, after };
}

type NewKeyRow = Pick<ApiKey, 'name' | 'connector' | 'permissions' | 'expiresAt'> & {
  readonly rotatedFrom: string | null;
  readonly author: Author;
};

async function insertKey(em: EntityManager, { author, ...content }: NewKeyRow): Promise<NewKey> {
  const { principal, now } = author;
  const { tenantId } = principal;
  const id = newId();
  const { secret, hash } = issueApiKeySecret(tenantId, id);
  const ownerId = insistPerson(principal);
  const apiKey = em.create(ApiKey, { ...content, id, tenantId, ownerId, secretHash: hash, createdAt: now });
  em.persist(apiKey);
  await em.flush();
  return { apiKey, secret };
}

/** Somebody has to answer for what a machine does. */
function insistPerson(principal: Principal): string {
  const person = personOf(principal);
  if (person !== undefined) return person;
  throw problem('OWNER_NEEDED', 'A key belongs to a person of the tenant; none stands behind who is asking.');
}

async function insistLiveKey(em: EntityManager, id: string, { now }: Author): Promise<ApiKey> {
  const key = isUuid(id) ? await em.findOne(ApiKey, { id }) : null;
  if (!key) throw problem('KEY_NOT_FOUND', 'There is no such key.', ['input', 'id']);
  if (!key.revokedAt && key.expiresAt > now) return key;
  throw problem('KEY_ENDED', `The key "${key.name}" has ended already: make a new one.`, ['input', 'id']);
}

function insistConnector(wanted: string): string {
  if (/^[\w.-]{1,100}$/.test(wanted)) return wanted;
  const message = "A connector's name is 1 to 100 letters, digits, dots, dashes and underscores.";
  throw problem('CONNECTOR_INVALID', message, ['input', 'connector']);
}

const subjectOf = ({ id, name }: ApiKey) => ({ type: 'ApiKey', id, name });

const contentOf = ({ name, ownerId, permissions, connector, expiresAt, revokedAt }: ApiKey) => ({
  name,
  owner: ownerId,
  permissions: [...permissions],
  connector,
  expiresAt: expiresAt.toISOString(),
  revokedAt: revokedAt?.toISOString() ?? null,
});
