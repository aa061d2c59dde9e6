import { randomUUID } from 'node:crypto';
import {
  AnswerDocument,
  ApproveActionDocument,
  type CountersignClient,
  CreateServiceRequestDocument,
  createClient,
  DecisionLogDocument,
  ExecuteActionDocument,
  ExplainAccessDocument,
  IngestDocumentDocument,
  SearchDocument,
  UndoActionDocument,
  UnitEconomicsDocument,
  ViewerDocument,
} from '@countersign/client';
import { DemoIssuer } from '@countersign/gateway/demo-issuer';
import { demoUsers } from './people.ts';

export interface WalkStep {
  /** Who did what. */
  readonly title: string;
  /** What came of it, a line or a few. */
  readonly answer: string;
  readonly milliseconds: number;
}

export interface WalkOptions {
  /** The graph's address. */
  readonly url: string;
  /** The folder whose demo key signs the tokens. */
  readonly dataDir: string;
  readonly report: (step: WalkStep) => void;
}

export const demoPatient = 'Patient/maria-lindqvist';
export const demoQuestion = 'When is a repeat HbA1c test ordered?';

/** Walks the main job over HTTP as the demo's people: question, answer, action, countersignature, effect, undo, log, cost. */
export async function walk({ url, dataDir, report }: WalkOptions): Promise<void> {
  const issuer = new DemoIssuer(dataDir);
  const as = async (email: string): Promise<CountersignClient> => {
    const user = demoUsers.find((each) => each.email === email);
    if (!user) throw new Error(`The demo has no ${email}.`);
    return createClient({ url, token: (await issuer.sign(email, user.tenantId)).token });
  };
  const step = async <T>(title: string, work: () => Promise<T>, tell: (result: T) => string): Promise<T> => {
    const began = performance.now();
    const result = await work();
    report({ title, answer: tell(result), milliseconds: performance.now() - began });
    return result;
  };
  const [operator, approver, auditor, admin] = await Promise.all(
    ['operator', 'approver', 'auditor', 'admin'].map((role) => as(`${role}@acme.test`)),
  );
  if (!operator || !approver || !auditor || !admin) throw new Error('The demo misses a person.');

  await step(
    'The operator asks who they are',
    () => operator.request(ViewerDocument),
    ({ viewer }) =>
      `${viewer?.email} of ${viewer?.tenant.name} (${viewer?.tenant.region}), ${viewer?.roles.map((role) => role.name).join(', ')}; ` +
      `$${viewer?.tenant.budget?.spentUsd.toFixed(6)} of $${viewer?.tenant.budget?.monthlyUsd} spent this month`,
  );
  const note = {
    source: 'demo',
    title: 'Sample handling at the walk-in laboratory',
    text: 'Samples for HbA1c are drawn without fasting. The tube is turned eight times and kept at room temperature.',
    access: { roles: ['operator', 'approver'] },
  };
  await step(
    'The operator adds a document',
    async () => ok((await operator.request(IngestDocumentDocument, { input: note })).ingestDocument),
    ({ document }) => `"${document?.title}" can be found from now on`,
  );
  await step(
    'The operator searches for "fasting"',
    () => operator.request(SearchDocument, { query: 'fasting before an HbA1c sample', first: 1 }),
    ({ search }) => `"${search.edges[0]?.node.quote}" (${search.edges[0]?.node.document.title})`,
  );
  const { answer } = await step(
    `The operator asks: ${demoQuestion}`,
    async () => ok((await operator.request(AnswerDocument, { input: { question: demoQuestion } })).answer),
    ({ answer }) =>
      `${answer?.text}\n${answer?.citations.map((each) => `[${each.marker}] "${each.quote}" (${each.document?.title})`).join('\n')}\n` +
      `by ${answer?.route?.provider} (${answer?.route?.tier}) for $${answer?.route?.costUsd.toFixed(9)}`,
  );
  if (answer?.status !== 'ANSWERED') throw new Error('The answer was refused.');
  const { action } = await step(
    'The operator proposes the order in the hospital',
    async () =>
      ok(
        (
          await operator.request(CreateServiceRequestDocument, {
            input: {
              patient: demoPatient,
              code: { system: 'http://loinc.org', code: '4548-4', display: 'Hemoglobin A1c/Hemoglobin.total in Blood' },
              priority: 'ROUTINE',
              note: 'Repeat before the treatment is changed.',
            },
            options: {
              idempotencyKey: randomUUID(),
              evidence: [{ answerId: answer.id, markers: answer.citations.map((each) => each.marker) }],
              workflow: 'diabetes-follow-up',
            },
          })
        ).fhirCreateServiceRequest,
      ),
    ({ action }) => `${action?.preview?.summary}\n${action?.status}: ${action?.policy?.reasons.join('; ')}`,
  );
  const actionId = action?.id ?? '';
  await step(
    'The operator tries to countersign their own proposal',
    async () => (await operator.request(ApproveActionDocument, { input: { actionId, comment: 'mine' } })).approveAction,
    (payload) => `refused: ${payload?.userErrors.map((error) => `${error.code}, ${error.message}`).join('; ')}`,
  );
  await step(
    'The operator asks why',
    () =>
      operator.request(ExplainAccessDocument, {
        input: { permission: 'actions:action:approve', objectType: 'ProposedAction', objectId: actionId },
      }),
    ({ explainAccess }) =>
      `${explainAccess?.summary}\n${explainAccess?.policies.map((each) => `${each.name}: ${each.clause}`).join('\n')}`,
  );
  await step(
    'The approver countersigns it',
    async () =>
      ok(
        (await approver.request(ApproveActionDocument, { input: { actionId, comment: 'As the policy says.' } }))
          .approveAction,
      ),
    ({ action }) => String(action?.status),
  );
  await step(
    'The operator executes it',
    async () => ok((await operator.request(ExecuteActionDocument, { input: { actionId } })).executeAction),
    ({ action }) => `${action?.status}: ${action?.outcome?.externalId} is in the hospital, once`,
  );
  await step(
    'The operator undoes it',
    async () =>
      ok(
        (await operator.request(UndoActionDocument, { input: { actionId, reason: 'Ordered for the demo.' } }))
          .undoAction,
      ),
    ({ action }) => `${action?.status} by an action of its own (${action?.undo?.status})`,
  );
  await step(
    'The auditor verifies the decision log',
    () => untilVerified(auditor, actionId),
    ({ decisionLog }) =>
      `${decisionLog.edges.map(({ node }) => `${node.seq} ${node.kind}`).join(' -> ')}\n${decisionLog.verified ? 'sealed and verified' : 'NOT VERIFIED'}`,
  );
  await step(
    'The admin asks what it cost',
    () => untilCounted(admin),
    ({ unitEconomics }) =>
      `${unitEconomics?.successfulActions} successful actions for $${unitEconomics?.totalCostUsd.toFixed(6)}, ` +
      `$${unitEconomics?.costPerSuccessfulActionUsd?.toFixed(6)} each`,
  );
}

/** The payload, when the graph found nothing to mend. */
function ok<Payload extends { userErrors: readonly { code: string; message: string }[] }>(
  payload: Payload | null | undefined,
): Payload {
  if (!payload) throw new Error('The graph answered nothing.');
  if (payload.userErrors.length > 0)
    throw new Error(payload.userErrors.map((error) => `${error.code}: ${error.message}`).join('; '));
  return payload;
}

/** Entries are sealed within a second. */
const untilVerified = (client: CountersignClient, actionId: string) =>
  poll(
    () => client.request(DecisionLogDocument, { actionId, first: 100 }),
    ({ decisionLog }) => decisionLog.verified,
  );

/** Events reach the meters soon after what they tell of. */
const untilCounted = (client: CountersignClient) =>
  poll(
    () => client.request(UnitEconomicsDocument),
    ({ unitEconomics }) => (unitEconomics?.successfulActions ?? 0) > 0,
  );

async function poll<T>(ask: () => Promise<T>, done: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const answer = await ask();
    if (done(answer) || Date.now() > deadline) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
