import type { Access, Database, EntityManager, EventOrigin, Page } from '@countersign/kernel';
import { AutonomyProposal } from '../entities/autonomy-proposal.ts';
import { ConnectorInstallation } from '../entities/connector-installation.ts';
import { actionTable } from '../proposed-action.ts';
import {
  type Counts,
  explainLimit,
  explainProspect,
  type InForce,
  inForce,
  type Level,
  type Prospect,
  prospect,
  type Rules,
  STEP_DOWN_CAUSES,
  usualLevel,
  wilsonUpper,
} from './autonomy/index.ts';
import { countedFrom, outcomesOf, refusalsOf, rulesOf } from './autonomy-outcomes.ts';
import { readAutonomy, type Standing, type StepDown } from './autonomy-standing.ts';
import { type KnownTool, measured, type ToolCatalogue } from './tool-catalogue.ts';

/** How one tool stands. */
export interface AutonomyOfTool extends InForce {
  readonly tool: string;
  readonly title: string;
  readonly earned: Level;
  readonly because: readonly string[];
  /** What came of it; null for who may not see all actions, since numbers tell of those that are hidden. */
  readonly evidence: Evidence | null;
  readonly proposal: AutonomyProposal | null;
  readonly lastStepDown: StepDown | null;
}

export interface Evidence extends Counts {
  readonly since: Date;
  readonly refused: number;
  readonly refusedOfPeople: number;
  /** Null where nothing was done. */
  readonly reversalRate: number | null;
  readonly reversalUpper: number;
  readonly prospect: Prospect | null;
  readonly whatItTakes: readonly string[];
}

/** Where each tool of the tenant stands, and what it would take to go further. */
export class AutonomyReport {
  readonly #database: Database;
  readonly #access: Access;
  readonly #catalogue: ToolCatalogue;
  readonly #now: () => Date;

  constructor(parts: { database: Database; access: Access; catalogue: ToolCatalogue; now: () => Date }) {
    this.#database = parts.database;
    this.#access = parts.access;
    this.#catalogue = parts.catalogue;
    this.#now = parts.now;
  }

  /** Up to `first + 1` tools of connectors that the tenant has configured, by name. */
  page(viewer: EventOrigin, { first, after }: Page): Promise<AutonomyOfTool[]> {
    const start = typeof after?.tool === 'string' ? after.tool : '';
    return this.#database.read(viewer.principal, async (em) => {
      const installed = new Set((await em.find(ConnectorInstallation, {})).map(({ connector }) => connector));
      const tools = [...this.#catalogue.connectors.values()]
        .filter(({ manifest }) => installed.has(manifest.name))
        .flatMap(({ manifest }) => manifest.tools.map(({ name }) => `${manifest.name}.${name}`))
        .sort()
        .filter((name) => name > start)
        .slice(0, first + 1);
      const { settings, standings } = await readAutonomy(em);
      const open = await em.find(AutonomyProposal, { status: 'OPEN', tool: { $in: tools } });
      const rules = await rulesOf(em);
      const seesAll = (await this.#access.filter(em, viewer, 'actions:action:read', actionTable)).kind === 'all';
      const rows: AutonomyOfTool[] = [];
      for (const name of tools) {
        const tool = this.#catalogue.insistTool(name);
        const standing = standings.get(name) ?? null;
        const level = inForce(measured(tool), settings, standing);
        rows.push({
          ...level,
          tool: name,
          title: tool.manifest.title,
          earned: standing?.level ?? usualLevel,
          because: level.limitedBy.map(explainLimit),
          evidence: seesAll ? await this.#evidence(em, tool, standing, rules) : null,
          proposal: open.find((each) => each.tool === name) ?? null,
          lastStepDown: stepDownTold(standing?.lastStepDown ?? null, seesAll),
        });
      }
      return rows;
    });
  }

  async #evidence(em: EntityManager, tool: KnownTool, standing: Standing | null, rules: Rules): Promise<Evidence> {
    const now = this.#now();
    const since = countedFrom(standing?.countedSince ?? null, rules, now);
    const counts = await outcomesOf(em, tool.name, since);
    const { refused, byPeople: refusedOfPeople } = await refusalsOf(em, tool.name, { since, now });
    const found = prospect(measured(tool), standing?.level ?? usualLevel, counts, rules);
    const done = counts.clean + counts.corrected + counts.reversed;
    return {
      ...counts,
      since,
      refused,
      refusedOfPeople,
      reversalRate: done === 0 ? null : counts.reversed / done,
      reversalUpper: wilsonUpper(counts.reversed, done),
      prospect: found,
      whatItTakes: found ? explainProspect(found) : [],
    };
  }
}

/** How many were taken back is not for everybody; why it was stepped down is. */
const stepDownTold = (last: StepDown | null, seesAll: boolean): StepDown | null =>
  last && !seesAll ? { ...last, reason: STEP_DOWN_CAUSES[last.cause] } : last;
