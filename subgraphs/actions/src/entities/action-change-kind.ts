import { registerEnumType } from 'type-graphql';
import { ACTION_STATUSES, type ActionStatus, ALL_STATUSES } from '../services/lifecycle/index.ts';

/** What can happen to an action that is no change of its status, or more than that. */
const beside = {
  REPLANNED: 'There is a new plan of it: it was previewed anew or edited, and needs new approvals.',
  APPROVED_IN_PART: 'It was approved, and still lacks an approval.',
  REMINDED: 'Those who could approve it were reminded.',
  DEAD_LETTERED: 'Its tries are used up, and a person has to look.',
} as const;

export type ActionChangeKind = ActionStatus | keyof typeof beside;

const kinds = { ...ACTION_STATUSES, ...beside, PROPOSED: 'It is new. Its status says what it waits for.' };

// Object.keys and Object.fromEntries forget the keys' type.
export const changeKinds = [...ALL_STATUSES, ...Object.keys(beside)] as ActionChangeKind[];
export const ActionChangeKindEnum = Object.fromEntries(changeKinds.map((kind) => [kind, kind])) as Record<
  ActionChangeKind,
  ActionChangeKind
>;

registerEnumType(ActionChangeKindEnum, {
  name: 'ActionChangeKind',
  description: 'What happened to an action: where it stands since, or what else it was.',
  valuesConfig: Object.fromEntries(changeKinds.map((kind) => [kind, { description: kinds[kind] }])),
});
