import { amountLimit } from './amount-limit.ts';
import { businessHours } from './business-hours.ts';
import { clearance } from './clearance.ts';
import { ownDepartment } from './own-department.ts';
import { separationOfDuties } from './separation-of-duties.ts';
import type { PolicyTemplate } from './template.ts';

export type { ParameterProblem, ParameterType, PolicyTemplate, TemplateParameter } from './template.ts';

/** What most tenants wish for, ready to be filled in and published. */
export const policyTemplates: readonly PolicyTemplate[] = [
  ownDepartment,
  clearance,
  amountLimit,
  businessHours,
  separationOfDuties,
];
