import { nameList, quoted } from './cedar-text.ts';
import { parameter, policyTemplate } from './template.ts';

const scope = 'forbid (principal, action == Action::"actions:action:approve", resource is ProposedAction)';

export const separationOfDuties = policyTemplate({
  name: 'separation-of-duties',
  title: 'Separation of duties',
  description: 'Nobody approves what they made themselves, with a key of theirs, or what somebody of their team made.',
  shape: {
    teams: parameter(nameList.optional(), {
      type: 'TEXT_LIST',
      description:
        'The groups that are teams; absent: any group that both are in counts, also one that everybody is in.',
      example: ['Accounts payable'],
    }),
  },
  write: ({ teams }) => [
    `${scope}\nwhen { resource.makerId == principal.id || resource.makerPerson == principal.person };`,
    ...(teams
      ? teams.map((team) => {
          const both = `principal in Group::${quoted(team)} && resource.makerGroups.contains(${quoted(team)})`;
          return `${scope}\nwhen { ${both} };`;
        })
      : [`${scope}\nwhen { principal.groups.containsAny(resource.makerGroups) };`]),
  ],
});
