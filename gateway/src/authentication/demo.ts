import type { DemoIssuer } from './demo-issuer.ts';

export interface DemoUser {
  readonly email: string;
  readonly tenant: string;
  readonly tenantId: string;
  readonly roles: readonly string[];
}

/** Whom the demo signs in as one of the platform's operators. */
export const demoOperator = 'platform@countersign.test';

export interface Demo {
  readonly issuer: DemoIssuer;
  readonly users: readonly DemoUser[];
}
