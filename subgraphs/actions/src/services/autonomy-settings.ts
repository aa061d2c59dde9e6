import {
  type Database,
  type EntityManager,
  type EventOrigin,
  newId,
  type Principal,
  problem,
} from '@countersign/kernel';
import { AutonomySetting } from '../entities/autonomy-setting.ts';
import {
  allowedBy,
  explainProspect,
  faultsOf,
  type Level,
  prospect,
  type RuleName,
  type Rules,
  rank,
  type Scope,
  usualLevel,
} from './autonomy/index.ts';
import { countedFrom, outcomesOf, rulesOf } from './autonomy-outcomes.ts';
import { readAutonomy, takeTurn } from './autonomy-standing.ts';
import { record } from './autonomy-watch.ts';
import type { LogWriter } from './log-writer.ts';
import { checkReason } from './reason.ts';
import { measured, type ToolCatalogue } from './tool-catalogue.ts';

/** Which tools a level is set for: one, those of a connector, those of a risk, or all where none of these is named. */
export interface AutonomyTarget {
  readonly tool: string | null;
  readonly connector: string | null;
  readonly risk: 'LOW' | 'MEDIUM' | 'HIGH' | null;
}

/** What administrators set: how far tools go at most, and what promotion takes. It holds from the next decision on. */
export class AutonomySettings {
  readonly #database: Database;
  readonly #catalogue: ToolCatalogue;
  readonly #log: LogWriter;

  constructor(parts: { database: Database; catalogue: ToolCatalogue; log: LogWriter }) {
    this.#database = parts.database;
    this.#catalogue = parts.catalogue;
    this.#log = parts.log;
  }

  /** The widest first. */
  all(principal: Principal): Promise<AutonomySetting[]> {
    const widest = ['TENANT', 'RISK', 'CONNECTOR', 'TOOL'];
    return this.#database.read(principal, async (em) => {
      const settings = await em.find(AutonomySetting, {}, { orderBy: { name: 'asc' } });
      return settings.sort((one, other) => widest.indexOf(one.scope) - widest.indexOf(other.scope));
    });
  }

  rules(principal: Principal): Promise<Rules> {
    return this.#database.read(principal, rulesOf);
  }

  /**
   * Sets how far they go at most, or with null takes back what was set, and answers what was set then. Refuses with
   * `SCOPE_INVALID`, `TOOL_NOT_FOUND`, `CONNECTOR_UNKNOWN`, `REASON_REQUIRED`; `AUTONOMY_NOT_ALLOWED` for what may never
   * go so far, and `AUTONOMY_NOT_EARNED` for a tool whose outcomes do not bear it.
   */
  set(
    target: AutonomyTarget,
    level: Level | null,
    reason: string,
    origin: EventOrigin,
  ): Promise<AutonomySetting | null> {
    const because = checkReason(reason);
    const { scope, name } = this.#known(target);
    return this.#database.withTenant(origin.principal, async (em) => {
      await takeTurn(em, `setting ${scope} ${name}`);
      if (level !== null) await this.#insistAllowed(em, { scope, name, level });
      const standing = await em.findOne(AutonomySetting, { scope, name });
      const from = standing?.level ?? null;
      record(em, origin, this.#log, name, { state: 'SET', scope, from, to: level }, { reason: because });
      if (level === null) {
        if (standing) em.remove(standing);
        return null;
      }
      const { tenantId, kind: setByKind, id: setById } = origin.principal;
      const content = { level, reason: because, setByKind, setById, since: this.#log.now() };
      const setting = standing
        ? em.assign(standing, content)
        : em.create(AutonomySetting, { id: newId(), tenantId, scope, name, ...content });
      em.persist(setting);
      return setting;
    });
  }

  /** Sets those that are named; the others stay. Refuses with `AUTONOMY_RULE_INVALID`, where and why. */
  setRules(asked: Partial<Record<RuleName, number>>, reason: string, origin: EventOrigin): Promise<Rules> {
    const because = checkReason(reason);
    const [fault] = faultsOf(asked);
    if (fault) throw problem('AUTONOMY_RULE_INVALID', fault.message, ['input', fault.rule]);
    return this.#database.withTenant(origin.principal, async (em) => {
      await takeTurn(em, 'rules');
      const before = await rulesOf(em);
      const after = { ...before, ...asked };
      await em.execute(
        `insert into actions.autonomy_rules (tenant_id, rules, changed_at) values (kernel.tenant_id(), ?::jsonb, ?)
         on conflict (tenant_id) do update set rules = excluded.rules, changed_at = excluded.changed_at`,
        [JSON.stringify(after), this.#log.now()],
      );
      record(em, origin, this.#log, 'rules', { state: 'RULES', before, after }, { reason: because });
      return after;
    });
  }

  #known({ tool, connector, risk }: AutonomyTarget): { scope: Scope; name: string } {
    if ([tool, connector, risk].filter((each) => each !== null).length > 1) {
      const message = 'Name a tool, or a connector, or a risk, or none of them for all tools; not several.';
      throw problem('SCOPE_INVALID', message, ['input']);
    }
    if (risk !== null) return { scope: 'RISK', name: risk };
    if (connector !== null) {
      return { scope: 'CONNECTOR', name: this.#catalogue.insistConnector(connector).manifest.name };
    }
    if (tool === null) return { scope: 'TENANT', name: '*' };
    return { scope: 'TOOL', name: this.#catalogue.insistNamed(tool).name };
  }

  /** A wide setting raises nothing, since the lowest holds; one that names a tool says that it is to go so far. */
  async #insistAllowed(
    em: EntityManager,
    { scope, name, level }: { scope: Scope; name: string; level: Level },
  ): Promise<void> {
    const path = ['input', 'level'];
    if (scope === 'RISK' && name !== 'LOW' && level === 'UNATTENDED') {
      const message = 'Unattended runs only what is of low risk: ONE_CLICK is the most for others.';
      throw problem('AUTONOMY_NOT_ALLOWED', message, path, { most: 'ONE_CLICK' });
    }
    if (scope !== 'TOOL') return;
    const tool = measured(this.#catalogue.insistTool(name));
    const most = allowedBy(tool);
    if (rank(level) > rank(most)) {
      const message = `${name} goes no further than ${most}: unattended runs only what is of low risk and can be undone.`;
      throw problem('AUTONOMY_NOT_ALLOWED', message, path, { most });
    }
    const standing = (await readAutonomy(em, name)).standings.get(name) ?? null;
    const earned = standing?.level ?? usualLevel;
    if (rank(level) <= rank(earned)) return;
    const rules = await rulesOf(em);
    const counts = await outcomesOf(em, name, countedFrom(standing?.countedSince ?? null, rules, this.#log.now()));
    const before = prospect(tool, earned, counts, rules);
    const takes = before ? explainProspect(before) : [];
    const message = [`${name} has earned ${earned}, and not ${level}.`, ...takes].join(' ');
    throw problem('AUTONOMY_NOT_EARNED', message, path, { earned, needed: before?.needed ?? null });
  }
}
