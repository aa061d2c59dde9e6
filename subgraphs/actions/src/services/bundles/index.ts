export { type NextStep, type NextUndo, nextStep, nextUndo, type StepStanding, type WaitCode } from './next.ts';
export { isObject, type Path, replaceMarked, startsWith } from './places.ts';
export { bundlePlanHash, type OnFailure, previewInWords } from './plan.ts';
export { fillRecord, malformedPlaces } from './records.ts';
export { checkReference, type Place, placeIn, type ReferenceProblem } from './reference-types.ts';
export { type Given, type Reference, type ReferencesFound, referencesIn, resolveReferences } from './references.ts';
export {
  ALL_BUNDLE_STATUSES,
  BUNDLE_EVENTS,
  BUNDLE_STATUSES,
  type BundleEvent,
  type BundleStatus,
  bundleTransition,
  possibleBundleEvents,
} from './status.ts';
export { orderOf, type StepNode, type StepOrder } from './step-graph.ts';
export { type Countable, type Totals, totalsOf } from './totals.ts';
