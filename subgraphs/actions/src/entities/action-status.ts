import { registerEnumType } from 'type-graphql';
import { ACTION_STATUSES, type ActionStatus, ALL_STATUSES } from '../services/lifecycle/index.ts';

/** The states as the graph shows them. */
export const ActionStatusEnum = Object.fromEntries(ALL_STATUSES.map((status) => [status, status])) as Record<
  ActionStatus, // Object.fromEntries forgets the keys' type.
  ActionStatus
>;

registerEnumType(ActionStatusEnum, {
  name: 'ActionStatus',
  description: 'Where an action stands.',
  valuesConfig: Object.fromEntries(ALL_STATUSES.map((status) => [status, { description: ACTION_STATUSES[status] }])),
});
