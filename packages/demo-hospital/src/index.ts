export { HospitalError, type HospitalErrorCode } from './errors.ts';
export type { Fault, FaultMode } from './faults.ts';
export { HOSPITAL_SERVICE, type HospitalHealth } from './health.ts';
export { peopleOf } from './people.ts';
export { type EnsureOptions, ensureHospital, findHospital, type RunningHospital, stopHospital } from './process.ts';
export { DEFAULT_TENANTS, type Hospital, type HospitalOptions, startHospital } from './server.ts';
