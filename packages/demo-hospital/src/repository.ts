import {
  allOk,
  badRequest,
  created,
  deepClone,
  generateId,
  globalSchema,
  gone,
  multipleMatches,
  notFound,
  type Operation,
  OperationOutcomeError,
  preconditionFailed,
  type SearchRequest,
  stringify,
  type WithId,
} from '@medplum/core';
import {
  type CreateResourceOptions,
  type DeleteResourceOptions,
  MemoryRepository,
  type UpdateResourceOptions,
} from '@medplum/fhir-router';
import type { Bundle, BundleEntry, OperationOutcome, Parameters, Resource } from '@medplum/fhirtypes';
import { type Journal, type JournalEntry, openJournal, type StoredResource } from './journal.ts';
import { assertValid } from './validation.ts';

/**
 * One tenant's resources: searched in memory, kept in a journal. A write is validated, then on the disk, then visible.
 * Version ids count up from 1 through updates and deletions.
 *
 * Reads may run at any time. Whatever writes must run inside `exclusive`, which makes conditional writes atomic.
 */
export class JournaledRepository extends MemoryRepository {
  readonly #journal: Journal;
  readonly #versions = new Map<string, JournalEntry[]>();
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(journal: Journal) {
    super();
    this.#journal = journal;
  }

  static async open(path: string): Promise<JournaledRepository> {
    const { journal, entries } = await openJournal(path);
    const repository = new JournaledRepository(journal);
    for (const entry of entries) await repository.#apply(entry);
    return repository;
  }

  /** Runs `work` when all earlier work handed to `exclusive` has ended. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }

  /** Waits for the writes that have begun, then closes the journal. */
  close(): Promise<void> {
    return this.exclusive(() => this.#journal.close());
  }

  /** Whether a resource of this type and id exists, or ever did. */
  knows(resourceType: string, id: string): boolean {
    return this.#versions.has(`${resourceType}/${id}`);
  }

  /** `update` with an id that is not there creates it (FHIR R4 http.html#upsert). */
  override async createResource<T extends Resource>(
    resource: T,
    options?: CreateResourceOptions,
    update = false,
  ): Promise<WithId<T>> {
    assertValid(resource);
    // A server ignores the id that a client gives to a create (FHIR R4 http.html#create).
    const id = ((update || options?.assignedId) && resource.id) || generateId();
    const past = this.#versionsOf(resource.resourceType, id);
    // The same T, with the fields that make it a stored one.
    const version = JSON.parse(
      stringify({
        ...resource,
        id,
        meta: { ...resource.meta, versionId: String(past.length + 1), lastUpdated: new Date().toISOString() },
      }),
    ) as T & StoredResource;
    await this.#record({ op: past.length === 0 ? 'create' : 'update', resource: version });
    return deepClone(version);
  }

  override async patchResource<T extends Resource>(
    resourceType: T['resourceType'],
    id: string,
    patch: Operation[] | Parameters,
    options?: UpdateResourceOptions,
  ): Promise<WithId<T>> {
    if (!Array.isArray(patch)) throw new OperationOutcomeError(badRequest('A patch must be a JSON Patch (RFC 6902)'));
    if (patch.some(({ path }) => path === '' || /^\/(id|resourceType|meta)(\/|$)/.test(path))) {
      throw new OperationOutcomeError(badRequest('A patch cannot change id, resourceType or meta'));
    }
    return super.patchResource(resourceType, id, patch, options);
  }

  override async deleteResource(resourceType: string, id: string, options?: DeleteResourceOptions): Promise<void> {
    const past = this.#versionsOf(resourceType, id);
    const last = past.at(-1);
    if (!last) throw new OperationOutcomeError(notFound);
    if (options?.ifMatch && options.ifMatch !== versionIdOf(last)) throw new OperationOutcomeError(preconditionFailed);
    // Deleting twice is as good as once (FHIR R4 http.html#delete).
    if (last.op === 'delete') return;
    await this.#record({
      op: 'delete',
      resourceType: last.resource.resourceType,
      id,
      versionId: String(past.length + 1),
      lastUpdated: new Date().toISOString(),
    });
  }

  override async conditionalCreate<T extends Resource>(
    resource: T,
    search: SearchRequest<T>,
    options?: CreateResourceOptions,
  ): Promise<{ resource: WithId<T>; outcome: OperationOutcome }> {
    if (search.resourceType !== resource.resourceType) {
      throw new OperationOutcomeError(badRequest('If-None-Exist must search for the type that is created'));
    }
    if (!search.filters?.length) {
      throw new OperationOutcomeError(
        badRequest('If-None-Exist needs a search parameter, such as identifier=system|value'),
      );
    }
    const { entry } = await this.search({ ...search, count: 2, offset: 0, sortRules: undefined });
    const [match, second] = entry ?? [];
    if (second) throw new OperationOutcomeError(multipleMatches);
    if (match?.resource) return { resource: match.resource, outcome: allOk };
    return { resource: await this.createResource(resource, options), outcome: created };
  }

  /** Refuses parameters that it does not know: passed over, they would make a condition mean something else. */
  override async search<T extends Resource>(search: SearchRequest<T>): Promise<Bundle<WithId<T>>> {
    const known = globalSchema.types[search.resourceType]?.searchParams ?? {};
    for (const { code } of search.filters ?? []) {
      if (!code.includes('.') && !known[code]) {
        throw new OperationOutcomeError(badRequest(`Unknown search parameter "${code}" of ${search.resourceType}`));
      }
    }
    return super.search(search);
  }

  override async readResource<T extends Resource>(resourceType: string, id: string): Promise<T> {
    const last = this.#versionsOf(resourceType, id).at(-1);
    if (last?.op === 'delete') throw new OperationOutcomeError(gone);
    return super.readResource(resourceType, id);
  }

  override async readVersion<T extends Resource>(resourceType: string, id: string, versionId: string): Promise<T> {
    const version = this.#versionsOf(resourceType, id).find((entry) => versionIdOf(entry) === versionId);
    if (!version) throw new OperationOutcomeError(notFound);
    if (version.op === 'delete') throw new OperationOutcomeError(gone);
    // The caller names the type of what it asked for, as everywhere in this interface.
    return deepClone(version.resource) as T;
  }

  override async readHistory<T extends Resource>(resourceType: string, id: string): Promise<Bundle<T>> {
    const versions = this.#versionsOf(resourceType, id);
    if (versions.length === 0) throw new OperationOutcomeError(notFound);
    // As above: the caller names the type.
    const entry = versions.map((version) => historyEntry(version) as BundleEntry<T>).reverse();
    return { resourceType: 'Bundle', type: 'history', total: entry.length, entry };
  }

  override async expungeResources(): Promise<void> {
    throw new OperationOutcomeError(badRequest('The journal is append-only: nothing can be expunged'));
  }

  async #record(entry: JournalEntry): Promise<void> {
    await this.#journal.append([entry]);
    await this.#apply(entry);
  }

  async #apply(entry: JournalEntry): Promise<void> {
    const { resourceType, id } = entry.op === 'delete' ? entry : entry.resource;
    this.#versions.set(`${resourceType}/${id}`, [...this.#versionsOf(resourceType, id), entry]);
    if (entry.op === 'delete') {
      await super.deleteResource(resourceType, id);
    } else {
      // "Seeding" is medplum's word for keeping the version id and the time that the resource carries.
      await this.withSeeding(() => super.createResource(entry.resource, undefined, true));
    }
  }

  #versionsOf(resourceType: string, id: string): readonly JournalEntry[] {
    return this.#versions.get(`${resourceType}/${id}`) ?? [];
  }
}

function versionIdOf(entry: JournalEntry): string {
  return entry.op === 'delete' ? entry.versionId : entry.resource.meta.versionId;
}

function historyEntry(version: JournalEntry): BundleEntry {
  if (version.op === 'delete') {
    const { resourceType, id, versionId, lastUpdated } = version;
    return {
      request: { method: 'DELETE', url: `${resourceType}/${id}` },
      response: { status: '204', etag: `W/"${versionId}"`, lastModified: lastUpdated },
    };
  }
  const { resourceType, id, meta } = version.resource;
  return {
    resource: deepClone(version.resource),
    request:
      version.op === 'create' ? { method: 'POST', url: resourceType } : { method: 'PUT', url: `${resourceType}/${id}` },
    response: {
      status: version.op === 'create' ? '201' : '200',
      etag: `W/"${meta.versionId}"`,
      lastModified: meta.lastUpdated,
    },
  };
}
