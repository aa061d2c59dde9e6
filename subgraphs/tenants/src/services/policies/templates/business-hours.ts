import { z } from 'zod';
import { actionIs, attributeName, nameList, setOf } from './cedar-text.ts';
import { parameter, policyTemplate } from './template.ts';

const timed = z.enum([
  'actions:action:approve',
  'actions:action:execute',
  'actions:action:undo',
  'knowledge:document:read',
]);

export const businessHours = policyTemplate({
  name: 'business-hours',
  title: 'Business hours and region',
  description:
    "Actions are approved and executed only within business hours, in your tenant's time zone, and if you name regions only by the people of those.",
  shape: {
    fromHour: parameter(z.int().min(0).max(23), {
      type: 'NUMBER',
      description: 'The hour from which it is allowed, 0 to 23.',
      example: 8,
    }),
    toHour: parameter(z.int().min(1).max(24), {
      type: 'NUMBER',
      description:
        'The hour from which it is no longer allowed, 1 to 24. If it is before the first, the hours go over midnight.',
      example: 18,
    }),
    firstDay: parameter(z.int().min(1).max(7).default(1), {
      type: 'NUMBER',
      description: 'The first day of the week on which it is allowed: 1 is Monday, 7 is Sunday; Monday unless told.',
      example: 1,
    }),
    lastDay: parameter(z.int().min(1).max(7).default(5), {
      type: 'NUMBER',
      description: 'The last day of the week on which it is allowed; Friday unless told.',
      example: 5,
    }),
    regions: parameter(nameList.optional(), {
      type: 'TEXT_LIST',
      description: 'Regions whose people alone may; absent: all.',
      example: ['eu'],
    }),
    attribute: parameter(attributeName.default('region'), {
      type: 'ATTRIBUTE',
      description: 'Your attribute of people that names their region; `region` unless told.',
      example: 'region',
    }),
    permissions: parameter(z.array(timed).min(1).default(['actions:action:approve', 'actions:action:execute']), {
      type: 'TEXT_LIST',
      description: `What is limited: ${timed.options.join(', ')}; approving and executing unless told.`,
      example: ['actions:action:approve', 'actions:action:execute'],
    }),
  },
  write: ({ fromHour, toHour, firstDay, lastDay, regions, attribute, permissions }) => {
    const scope = `forbid (principal, ${actionIs(permissions)}, resource)`;
    const hours = within('context.hour', fromHour, toHour - 1);
    const days = within('context.weekday', firstDay, lastDay);
    const byTime = `${scope}\nunless { ${hours} && ${days} };`;
    if (!regions) return [byTime];
    const there = `principal has ${attribute} && ${setOf(regions)}.contains(principal.${attribute})`;
    return [byTime, `${scope}\nunless { ${there} };`];
  },
});

/** From one to the other, both of them in; where the last is before the first, around the end. */
const within = (path: string, first: number, last: number): string =>
  first <= last ? `${path} >= ${first} && ${path} <= ${last}` : `(${path} >= ${first} || ${path} <= ${last})`;
