import { type Database, type Principal, publish, type RequestContext } from '@countersign/kernel';
import { OperatorAccess } from '../entities/operator-access.ts';

/** The event that tells the tenant's log what one of the platform's operators is about to do. */
export const operatorAccessed = 'OperatorAccess';

const longestOperation = 2_000;

/** Which of the platform's operators the tenant lets in, and what they do here. */
export class Operators {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The newest first, from behind the id. */
  listAfter(principal: Principal, id: string | undefined, limit: number): Promise<OperatorAccess[]> {
    return this.#database.read(principal, (em) =>
      em.find(OperatorAccess, id === undefined ? {} : { id: { $lt: id } }, { orderBy: { id: 'desc' }, limit }),
    );
  }

  /** Writes down, in the operator's own name, what they ask for. It is on disk before they are answered. */
  async record(operator: string, operation: string, context: RequestContext): Promise<void> {
    const { tenantId } = context.principal;
    const who = {
      kind: 'platform_operator',
      id: operator,
      tenantId,
      roles: [],
      permissions: [],
      attributes: {},
    } as const;
    await this.#database.withTenant(context.principal, (em) =>
      publish(em, { ...context, principal: who }, operatorAccessed, {
        operator,
        operation: operation.slice(0, longestOperation),
      }),
    );
  }
}
