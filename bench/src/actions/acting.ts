import type { Product } from './deployments.ts';
import { post } from './post.ts';

/** What a caller does to have something done; each call is one request to the gateway. */
export interface Acting {
  /** Answers the action's id. */
  propose(): Promise<string>;
  /** As somebody else. */
  approve(id: string): Promise<void>;
  /** Throws unless it was done. */
  execute(id: string): Promise<void>;
  /** From now on nobody need be asked, so that `propose` and `execute` are all. */
  letActAlone(): Promise<void>;
}

export const order = {
  patient: 'Patient/maria-lindqvist',
  code: { system: 'http://loinc.org', code: '4548-4', display: 'Hemoglobin A1c/Hemoglobin.total in Blood' },
  priority: 'ROUTINE',
  note: 'Repeat before the treatment is changed.',
};

export async function actingOn({ graphUrl, token }: Product): Promise<Acting> {
  const as = async (role: string) => {
    const headers = { authorization: `Bearer ${await token(`${role}@acme.test`)}` };
    return async (query: string, variables: object): Promise<Payload> => {
      const answer = (await post(graphUrl, { query, variables }, headers)) as Answer; // GraphQL over HTTP has this shape.
      const [payload] = Object.values(answer.data ?? {});
      const problem = answer.errors?.[0] ?? payload?.userErrors[0];
      if (problem || !payload) throw new Error(problem?.message ?? 'The graph answered nothing.');
      return payload;
    };
  };
  const [operator, approver, admin] = await Promise.all([as('operator'), as('approver'), as('admin')]);
  return {
    propose: async () => String((await operator(propose, { input: order })).action?.id),
    approve: async (actionId) => void (await approver(approve, { input: { actionId } })),
    execute: async (actionId) => {
      const { action } = await operator(execute, { input: { actionId } });
      if (action?.status !== 'SUCCEEDED') throw new Error(`The action is ${action?.status}.`);
    },
    letActAlone: async () => {
      const input = { name: 'Measured', gate: { tools: ['*'], noApproval: true }, reason: 'It is measured.' };
      await admin(setGate, { input });
    },
  };
}

interface Payload {
  readonly action?: { readonly id: string; readonly status: string } | null;
  readonly userErrors: readonly { readonly message: string }[];
}

interface Answer {
  readonly data?: Readonly<Record<string, Payload | null>> | null;
  readonly errors?: readonly { readonly message: string }[];
}

const propose = `mutation ($input: FhirCreateServiceRequestInput!) {
  fhirCreateServiceRequest(input: $input) { action { id status } userErrors { code message } } }`;
const approve = `mutation ($input: ApproveActionInput!) {
  approveAction(input: $input) { action { id status } userErrors { code message } } }`;
const execute = `mutation ($input: ExecuteActionInput!) {
  executeAction(input: $input) { action { id status } userErrors { code message } } }`;
const setGate = `mutation ($input: SetActionGateInput!) { setActionGate(input: $input) { userErrors { code message } } }`;
