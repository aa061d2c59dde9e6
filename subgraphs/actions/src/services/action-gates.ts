import {
  type Database,
  type EntityManager,
  type EventOrigin,
  isUuid,
  newId,
  type Principal,
  problem,
} from '@countersign/kernel';
import { ActionGate } from '../entities/action-gate.ts';
import { parseGate } from './gates/index.ts';
import type { LogWriter } from './log-writer.ts';
import { checkReason } from './reason.ts';
import { assertStorable } from './storable.ts';

export interface GateDraft {
  /** Of the gate that it replaces; null for a new one. */
  readonly id: string | null;
  readonly name: string;
  /** Whatever the caller sent. */
  readonly definition: unknown;
  readonly reason: string;
}

const mostGates = 200;

/** The gates of a tenant, as its administrators set them. They hold from the next decision on. */
export class ActionGates {
  readonly #database: Database;
  readonly #log: LogWriter;

  constructor(parts: { database: Database; log: LogWriter }) {
    this.#database = parts.database;
    this.#log = parts.log;
  }

  /** By name. */
  all(principal: Principal): Promise<ActionGate[]> {
    return this.#database.read(principal, (em) => em.find(ActionGate, {}, { orderBy: { name: 'asc' } }));
  }

  /** Refuses with `GATE_INVALID`, where and why, `GATE_NOT_FOUND`, `NAME_TAKEN`, `TOO_MANY`, `REASON_REQUIRED`. */
  set({ id, name, definition, reason }: GateDraft, origin: EventOrigin): Promise<ActionGate> {
    const because = checkReason(reason);
    assertStorable(definition, ['input', 'gate']);
    const members = typeof definition === 'object' && definition !== null ? definition : {};
    const whole = { ...members, id: id ?? newId(), name };
    const { id: gateId, name: called, ...checked } = parseGate(whole, this.#log.now());
    return this.#database.withTenant(origin.principal, async (em) => {
      const known = id === null ? null : await insistGate(em, id);
      await insistFree(em, called, known?.id ?? null);
      if (!known) await insistRoom(em);
      const before = known && { name: known.name, definition: known.definition };
      const content = { name: called, definition: checked, updatedAt: this.#log.now() };
      const { tenantId } = origin.principal;
      const gate = known ? em.assign(known, content) : em.create(ActionGate, { id: gateId, tenantId, ...content });
      em.persist(gate);
      await em.flush();
      this.#record(em, origin, gate, { before, after: { name: called, definition: checked }, reason: because });
      return gate;
    });
  }

  /** Refuses with `GATE_NOT_FOUND`, `REASON_REQUIRED`. */
  remove(id: string, reason: string, origin: EventOrigin): Promise<ActionGate> {
    const because = checkReason(reason);
    return this.#database.withTenant(origin.principal, async (em) => {
      const gate = await insistGate(em, id);
      const { name, definition, version, updatedAt, tenantId } = gate;
      em.remove(gate);
      this.#record(em, origin, { id, name }, { before: { name, definition }, after: null, reason: because });
      await em.flush();
      return em.create(ActionGate, { id, tenantId, name, definition, version, updatedAt }, { persist: false });
    });
  }

  #record(
    em: EntityManager,
    origin: EventOrigin,
    { id, name }: Pick<ActionGate, 'id' | 'name'>,
    values: { before: object | null; after: object | null; reason: string },
  ): void {
    const state = values.after === null ? 'REMOVED' : values.before === null ? 'ADDED' : 'CHANGED';
    const facts = { state, subject: { type: 'ActionGate', id, name } };
    this.#log.appendGeneral(em, origin, 'CONFIGURATION', { facts, values });
  }
}

async function insistGate(em: EntityManager, id: string): Promise<ActionGate> {
  const gate = isUuid(id) ? await em.findOne(ActionGate, { id }) : null;
  if (!gate) throw problem('GATE_NOT_FOUND', 'There is no such gate.', ['input', 'id']);
  return gate;
}

async function insistFree(em: EntityManager, name: string, butFor: string | null): Promise<void> {
  const [taken] = await em.execute(
    'select from actions.gate where lower(name) = lower(?) and id is distinct from ?::uuid',
    [name, butFor],
  );
  if (taken) throw problem('NAME_TAKEN', `There is a gate "${name}" already.`, ['input', 'name']);
}

async function insistRoom(em: EntityManager): Promise<void> {
  if ((await em.count(ActionGate)) < mostGates) return;
  const message = `A tenant has at most ${mostGates} gates: remove one, or put it into another.`;
  throw problem('TOO_MANY', message, ['input', 'name'], { most: mostGates });
}
