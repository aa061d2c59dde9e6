/** How far a tool goes without people, the least first. */
export const AUTONOMY_LEVELS = {
  SUGGEST: 'It only suggests: somebody else has to approve each action, whatever gates say, and a person executes it.',
  ONE_CLICK: 'What is permitted or approved waits for somebody to execute it.',
  UNATTENDED: 'What needs no approval is executed at once as it is proposed, in the name of who proposes it.',
} as const;

export type Level = keyof typeof AUTONOMY_LEVELS;

export const levels = Object.keys(AUTONOMY_LEVELS) as readonly Level[]; // Object.keys forgets the keys' type.

/** What a level may be set for, the widest first. */
export const scopes = ['TENANT', 'RISK', 'CONNECTOR', 'TOOL'] as const;
export type Scope = (typeof scopes)[number];

/** What keeps a tool from going further. `TOOL_ITSELF`: its risk, or that it cannot be undone. `EARNED`: its outcomes. */
export type Bound = Scope | 'TOOL_ITSELF' | 'EARNED';

export interface Limit {
  readonly by: Bound;
  /** The connector, the tool or the risk; `*` for the whole tenant. */
  readonly name: string;
  readonly level: Level;
}

/** As much of a tool as says how far it may ever go. */
export interface Measured {
  readonly tool: string;
  readonly risk: 'LOW' | 'MEDIUM' | 'HIGH';
  readonly reversible: boolean;
}

export interface Setting {
  readonly scope: Scope;
  readonly name: string;
  readonly level: Level;
}

/** What its outcomes have earned, or lost. */
export interface Earned {
  readonly level: Level;
  /** Whether it was stepped down since it was last promoted. */
  readonly lowered: boolean;
}

export interface InForce {
  readonly level: Level;
  /** All that bind it at this level, in the order in which they are asked. */
  readonly limitedBy: readonly Limit[];
  /** Whether a person has to execute: a tenant that set no level, and lost none, leaves it to permissions. */
  readonly takesPerson: boolean;
}

/** Where nobody has set and nothing has earned or lost anything. */
export const usualLevel: Level = 'ONE_CLICK';

export const rank = (level: Level): number => levels.indexOf(level);
export const lowest = (first: Level, ...others: readonly Level[]): Level =>
  others.reduce((least, each) => (rank(each) < rank(least) ? each : least), first);
export const above = (level: Level): Level | null => levels[rank(level) + 1] ?? null;
export const below = (level: Level): Level | null => levels[rank(level) - 1] ?? null;

/** Unattended only what does little harm and can be taken back, whatever anybody sets or earns. */
export const allowedBy = ({ risk, reversible }: Pick<Measured, 'risk' | 'reversible'>): Level =>
  risk === 'LOW' && reversible ? 'UNATTENDED' : 'ONE_CLICK';

export const connectorOf = (tool: string): string => tool.slice(0, Math.max(0, tool.indexOf('.')));

/** The most restrictive of all that is said of the tool wins. */
export function inForce(tool: Measured, settings: readonly Setting[], earned: Earned | null): InForce {
  const set = settings.filter((each) => covers(each, tool));
  const limits: Limit[] = [
    ...scopes.flatMap((scope) =>
      set.filter((each) => each.scope === scope).map(({ name, level }) => ({ by: scope, name, level })),
    ),
    { by: 'TOOL_ITSELF', name: tool.tool, level: allowedBy(tool) },
    { by: 'EARNED', name: tool.tool, level: earned?.level ?? usualLevel },
  ];
  const level = lowest('UNATTENDED', ...limits.map((each) => each.level));
  const someoneSaidSo = (earned?.lowered ?? false) || set.some((each) => each.level !== 'UNATTENDED');
  return {
    level,
    limitedBy: level === 'UNATTENDED' ? [] : limits.filter((each) => each.level === level),
    takesPerson: level !== 'UNATTENDED' && someoneSaidSo,
  };
}

/** `The connector notes is set to SUGGEST.` */
export function explainLimit({ by, name, level }: Limit): string {
  switch (by) {
    case 'TENANT':
      return `All tools are set to ${level}.`;
    case 'RISK':
      return `Tools of ${name.toLowerCase()} risk are set to ${level}.`;
    case 'CONNECTOR':
      return `The connector ${name} is set to ${level}.`;
    case 'TOOL':
      return `The tool ${name} is set to ${level}.`;
    case 'TOOL_ITSELF':
      return `The tool itself goes no further than ${level}: unattended runs only what is of low risk and can be undone.`;
    case 'EARNED':
      return `The outcomes of ${name} have earned it ${level}, and no more.`;
  }
}

function covers({ scope, name }: Setting, { tool, risk }: Measured): boolean {
  switch (scope) {
    case 'TENANT':
      return true;
    case 'RISK':
      return name === risk;
    case 'CONNECTOR':
      return name === connectorOf(tool);
    case 'TOOL':
      return name === tool;
  }
}
