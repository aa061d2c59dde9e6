import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Product } from './support/product.ts';

const propose = `mutation($input: FhirCreateServiceRequestInput!, $options: ActionOptions) {
  fhirCreateServiceRequest(input: $input, options: $options) { action { id status } userErrors { code message } }
}`;
const approve = `mutation($id: ID!) { approveAction(input: { actionId: $id, comment: "yes" }) { action { status } userErrors { code message } } }`;
const execute = `mutation($id: ID!) { executeAction(input: { actionId: $id }) { action { status outcome { externalId } } userErrors { code message } } }`;
const read = `query($id: ID!) { action(id: $id) { id status outcome { externalId } } }`;
const readLog = `query($id: ID!) { decisionLog(actionId: $id, first: 100) { edges { node { seq kind } } verified } }`;

/**
 * The embedded product kills itself with SIGKILL where it matters most, and is started again. All moments between two
 * lines, on PostgreSQL and with several workers: crash-fleet.test.ts.
 */
describe('a kill -9', () => {
  let product: Product;

  beforeAll(async () => {
    product = await Product.create();
    await product.start();
    await product.end('SIGKILL');
  }, 120_000);
  afterAll(() => product.remove());

  it.each([
    ['after the intent and before the effect', 'intent'],
    ['after the effect and before its outcome is recorded', 'effect'],
  ])(
    '%s loses nothing acknowledged and does nothing twice',
    async (_when, crashAt) => {
      const key = `crash-${crashAt}`;
      await product.start({ COUNTERSIGN_CRASH_AT: crashAt });
      const [operator, approver] = await Promise.all([
        product.token('operator@acme.test'),
        product.token('approver@acme.test'),
      ]);
      const before = await ordersInHospital(product);
      // The walk up to where it dies; a request that dies with it is no acknowledgement.
      const options = { idempotencyKey: key };
      await product
        .graphql(operator, propose, { input: order, options })
        .then(async ({ data }: { data: { fhirCreateServiceRequest: { action: { id: string } } } }) => {
          const { id } = data.fhirCreateServiceRequest.action;
          await product.graphql(approver, approve, { id });
          await product.graphql(operator, execute, { id });
        })
        .catch(() => {});
      await product.ended();

      await product.start();
      const again = await product.graphql(operator, propose, { input: order, options });
      const { id } = (again as unknown as { data: { fhirCreateServiceRequest: { action: { id: string } } } }).data
        .fhirCreateServiceRequest.action;
      const settled = await until(
        () => statusOf(product, operator, id),
        ({ status }) => !['EXECUTING', 'UNKNOWN'].includes(status),
      );
      // Recovery found that nothing had happened: the action stands where it can be executed again.
      if (settled.status !== 'SUCCEEDED') await product.graphql(operator, execute, { id });
      expect(await statusOf(product, operator, id)).toMatchObject({ status: 'SUCCEEDED' });
      expect(await ordersInHospital(product)).toBe(before + 1);

      const auditor = await product.token('auditor@acme.test');
      const log = await until(
        async () =>
          (
            (await product.graphql(auditor, readLog, { id })) as unknown as {
              data: { decisionLog: { verified: boolean; edges: unknown[] } };
            }
          ).data.decisionLog,
        ({ verified }) => verified,
      );
      expect(log.verified).toBe(true);
      await product.end('SIGKILL');
    },
    120_000,
  );
});

const order = {
  patient: 'Patient/johan-berg',
  code: { system: 'http://loinc.org', code: '4548-4', display: 'Hemoglobin A1c/Hemoglobin.total in Blood' },
  priority: 'ROUTINE',
};

async function statusOf(product: Product, token: string, id: string): Promise<{ status: string }> {
  const { data } = await product.graphql(token, read, { id });
  return (data as { action: { status: string } }).action;
}

async function ordersInHospital(product: Product): Promise<number> {
  const url = `http://localhost:${product.port + 1}/acme/fhir/R4/ServiceRequest?subject=Patient/johan-berg&_summary=count&_total=accurate`;
  const bundle = (await (await fetch(url)).json()) as { total?: number; entry?: unknown[] };
  return bundle.total ?? bundle.entry?.length ?? 0;
}

async function until<T>(ask: () => Promise<T>, done: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const answer = await ask();
    if (done(answer) || Date.now() > deadline) return answer;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
