import type { FilteredTable, ObjectRef, ObjectTypeDeclaration } from '@countersign/kernel';

type Attribute = ObjectTypeDeclaration['attributes'][number];

const required = (name: string, type: Attribute['type'], description: string): Attribute => ({
  name,
  type,
  required: true,
  description,
});
const optional = (name: string, type: Attribute['type'], description: string): Attribute => ({
  name,
  type,
  required: false,
  description,
});

/**
 * An action as policies see it. What is said of its maker is what held when it was proposed. The values of one action are
 * answered by `kernel.object_proposed_action`; `actionTable` has the same for lists.
 */
export const proposedAction: ObjectTypeDeclaration = {
  type: 'ProposedAction',
  noun: 'action',
  description: 'An action that somebody proposed, whatever came of it since.',
  readPermission: 'actions:action:read',
  attributes: [
    required('tool', 'String', 'Connector and tool, such as `fhir.createServiceRequest`.'),
    required('connector', 'String', 'The connector, such as `fhir`.'),
    required('risk', 'String', 'How much harm the tool could do: LOW, MEDIUM or HIGH.'),
    required('dataClass', 'String', 'What its data is: NONE of persons, PII, PHI or SECRET.'),
    required('status', 'String', 'Where it stands, such as AWAITING_APPROVAL.'),
    required('makerId', 'String', 'Id of the user or machine that proposed it.'),
    required('makerPerson', 'String', 'Id of the user behind its maker; empty where there is none.'),
    required('editors', 'Set<String>', 'Ids of those who changed it since, and of the people behind them.'),
    required('makerGroups', 'Set<String>', 'Names of the groups that its maker was in.'),
    required('makerRoles', 'Set<String>', 'Names of the roles that its maker had.'),
    optional('makerDepartment', 'String', "Its maker's department."),
    required('reversible', 'Boolean', 'Whether it can be undone.'),
    optional('amount', 'Decimal', 'How much money it is about, where its tool says so.'),
    optional('currency', 'String', 'The currency of the amount.'),
    optional('costUsd', 'Decimal', 'What executing costs on the other side, in US dollars, rounded up.'),
    optional('workflow', 'String', 'The business process that it was proposed in.'),
    optional('surface', 'String', 'Where it was proposed, such as `console` or `api`.'),
  ],
};

/** By attribute, the columns of `actions.action as action`. */
export const actionTable: FilteredTable = {
  idColumn: 'action.id',
  columns: {
    tool: { sql: 'action.tool', type: 'String', nullable: false },
    connector: { sql: 'action.connector', type: 'String', nullable: false },
    risk: { sql: 'action.risk', type: 'String', nullable: false },
    dataClass: { sql: 'action.data_class', type: 'String', nullable: false },
    status: { sql: 'action.status', type: 'String', nullable: false },
    makerId: { sql: 'action.maker_id', type: 'String', nullable: false },
    makerPerson: { sql: "coalesce(action.maker_person, '')", type: 'String', nullable: false },
    editors: { sql: 'action.editors', type: 'Set<String>', nullable: false },
    makerGroups: { sql: 'action.maker_groups', type: 'Set<String>', nullable: false },
    makerRoles: { sql: 'action.maker_roles', type: 'Set<String>', nullable: false },
    makerDepartment: { sql: 'action.maker_department', type: 'String', nullable: true },
    reversible: { sql: 'action.reversible', type: 'Boolean', nullable: false },
    amount: { sql: 'action.amount', type: 'Decimal', nullable: true },
    currency: { sql: 'action.currency', type: 'String', nullable: true },
    costUsd: { sql: 'action.cost_usd', type: 'Decimal', nullable: true },
    workflow: { sql: 'action.workflow', type: 'String', nullable: true },
    surface: { sql: 'action.surface', type: 'String', nullable: true },
  },
};

export const refTo = (actionId: string): ObjectRef => ({ type: proposedAction.type, id: actionId });
