import { z } from 'zod';
import { actionIs, amountText, nameList, nameText, quoted } from './cedar-text.ts';
import { parameter, policyTemplate } from './template.ts';

const deciding = z.enum(['actions:action:approve', 'actions:action:execute', 'actions:action:undo']);

export const amountLimit = policyTemplate({
  name: 'amount-limit',
  title: 'Amount limit by role',
  description:
    'Who holds the role approves actions up to an amount in one currency; above it, or in another currency, somebody else has to. Actions without an amount are not limited.',
  shape: {
    role: parameter(nameText, { type: 'TEXT', description: 'Name of the role that is limited.', example: 'operator' }),
    limit: parameter(amountText, {
      type: 'DECIMAL',
      description: 'The highest amount that it may approve, with at most four places.',
      example: '1000.00',
    }),
    currency: parameter(z.string().regex(/^[A-Z]{3}$/, 'A currency has three capitals, such as EUR (ISO 4217).'), {
      type: 'TEXT',
      description: 'The currency of the limit (ISO 4217).',
      example: 'EUR',
    }),
    exceptRoles: parameter(nameList.optional(), {
      type: 'TEXT_LIST',
      description: 'Roles that lift the limit for those who hold them besides.',
      example: ['admin'],
    }),
    permissions: parameter(z.array(deciding).min(1).default(['actions:action:approve']), {
      type: 'TEXT_LIST',
      description: `What is limited: ${deciding.options.join(', ')}; approving alone unless told.`,
      example: ['actions:action:approve'],
    }),
  },
  write: ({ role, limit, currency, exceptRoles = [], permissions }) => {
    const within = `resource.amount.lessThanOrEqual(decimal("${limit}"))`;
    const exempt = exceptRoles.map((each) => `Role::${quoted(each)}`).join(', ');
    const lifted = exempt === '' ? '' : `\nunless { principal in [${exempt}] }`;
    return [
      `forbid (principal in Role::${quoted(role)}, ${actionIs(permissions)}, resource is ProposedAction)
when { resource has amount }
unless { resource has amount && resource has currency && resource.currency == "${currency}" && ${within} }${lifted};`,
    ];
  },
});
