/** The Cedar engine: policies checked, described, decided with, and made into filters. No database, no graph. */
export { checkPolicy, type ListRules } from './check-policy.ts';
export { CompiledPolicies } from './compiled-policies.ts';
export type { Decision, DecisionReason, DecisionRequest } from './decide.ts';
export { describePolicy, type StatementDescription } from './describe-policy.ts';
export type { FilterColumn, FilterColumns } from './filter/columns.ts';
export type { Filter, FilterRequest } from './filter/filter.ts';
export { PreparsedSets } from './preparsed-sets.ts';
export type { PolicyProblem, PolicyProblemCode } from './problems.ts';
export type { PolicyError, PolicySource } from './slice.ts';
export {
  type AttributeDeclaration,
  type AttributeType,
  builtInPrincipalAttributes,
  type ContextDeclaration,
  contextAttributes,
  type PolicyContext,
  type PolicyPrincipal,
  principalType,
  type ResourceDeclaration,
  type Vocabulary,
} from './vocabulary.ts';
