import { DemoIssuer } from '@countersign/gateway/demo-issuer';
import { CountersignError, loadConfig } from '@countersign/kernel/basics';
import { demoUsers } from '../demo/people.ts';

/** `countersign token EMAIL`: a bearer token of the demo's issuer, as the last line; no server needs to run. */
export async function token(email: string): Promise<void> {
  const config = loadConfig();
  if (!config.demo) {
    throw new CountersignError(
      'FORBIDDEN',
      'The demo issuer is off: this is not a demo (COUNTERSIGN_DEMO, COUNTERSIGN_DATABASE_URL).',
    );
  }
  const user = demoUsers.find((each) => each.email === email);
  if (!user) {
    const known = demoUsers.map((each) => each.email).join(', ');
    throw new CountersignError('NOT_FOUND', `The demo has no ${email}. It has: ${known}.`);
  }
  const { token: signed, expiresAt } = await new DemoIssuer(config.dataDir).sign(user.email, user.tenantId);
  console.error(`${user.name}, ${user.roles.join(', ')} at ${user.tenant}; valid until ${expiresAt}`);
  console.log(signed);
}
