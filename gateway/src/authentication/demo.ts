import type { DemoIssuer } from './demo-issuer.ts';

export interface DemoUser {
  readonly email: string;
  readonly tenant: string;
  readonly tenantId: string;
  readonly roles: readonly string[];
}

export interface Demo {
  readonly issuer: DemoIssuer;
  readonly users: readonly DemoUser[];
}
