import type { Graph } from './graph.ts';

/** The people whose work is measured. */
export interface People {
  readonly operator: Graph;
  readonly admin: Graph;
  readonly approver: Graph;
}

/** How many hands seed at the same time. */
const hands = 4;

/**
 * Fills the product through its own graph: for each entity a document, an answer that cites it and a proposed action that
 * rests on the answer; every other action is the admin's, every third is countersigned. Answers the operator's first
 * answer, which the measured operation asks for.
 */
export async function seed(people: People, entities: number): Promise<{ answerId: string }> {
  const answers = new Map<number, string>();
  const todo = Array.from({ length: entities }, (_, index) => index);
  const work = async () => {
    for (let index = todo.shift(); index !== undefined; index = todo.shift()) {
      answers.set(index, await seedOne(people, index));
    }
  };
  await Promise.all(Array.from({ length: hands }, work));
  const answerId = answers.get(0);
  if (!answerId) throw new Error('At least one entity is needed.');
  await untilSettled(people.operator);
  return { answerId };
}

async function seedOne({ operator, admin, approver }: People, index: number): Promise<string> {
  const maker = index % 2 === 0 ? operator : admin;
  const test = analytes[index % analytes.length] ?? 'sodium';
  const hours = 12 + index;
  await operator(ingest, {
    input: {
      source: `laboratory/${test.replaceAll(' ', '-')}.md`,
      title: `Handling of ${test} samples`,
      text: `# Handling of ${test} samples\n\nA ${test} sample is kept for ${hours} hours in the cold room of the laboratory. After that time a ${test} sample is discarded, and the ward is told.\n\n## Transport\n\nThe ${test} tube travels upright in a closed box. Whoever carries the ${test} tube signs for it at the counter.`,
      access: { roles: ['admin', 'operator', 'approver', 'auditor', 'viewer'] },
    },
  });
  const { answer } = (await maker<Asked>(ask, { input: { question: `How long is a ${test} sample kept?` } })).answer;
  if (answer.status !== 'ANSWERED') throw new Error(`The question about ${test} was refused.`);
  const { fhirCreateServiceRequest } = await maker<Proposed>(propose, {
    input: {
      patient: 'Patient/maria-lindqvist',
      code: { system: 'http://loinc.org', code: '4548-4', display: 'Hemoglobin A1c/Hemoglobin.total in Blood' },
      priority: 'ROUTINE',
      note: `Order ${index + 1}, after the rule on ${test}.`,
    },
    options: {
      idempotencyKey: `bench-${index}`,
      evidence: [{ answerId: answer.id, markers: answer.citations.map((citation) => citation.marker) }],
      workflow: 'bench',
    },
  });
  const actionId = fhirCreateServiceRequest.action.id;
  if (index % 3 === 0) await approver(approve, { input: { actionId, comment: 'As the rule says.' } });
  return answer.id;
}

/** Waits until what was metered is counted: the budget is part of the measured answer and has to stand still. */
async function untilSettled(graph: Graph): Promise<void> {
  const spent = async () => JSON.stringify(await graph('{ viewer { tenant { budget { spentUsd } } } }'));
  let stillFor = 0;
  for (let before = await spent(); stillFor < 6; ) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const now = await spent();
    stillFor = now === before ? stillFor + 1 : 0;
    before = now;
  }
}

interface Asked {
  answer: { answer: { id: string; status: string; citations: { marker: number }[] } };
}

interface Proposed {
  fhirCreateServiceRequest: { action: { id: string } };
}

const ingest = `mutation Ingest($input: IngestDocumentInput!) {
  ingestDocument(input: $input) { document { id } userErrors { code message } }
}`;

const ask = `mutation Ask($input: AnswerInput!) {
  answer(input: $input) { answer { id status citations { marker } } userErrors { code message } }
}`;

const propose = `mutation Propose($input: FhirCreateServiceRequestInput!, $options: ActionOptions) {
  fhirCreateServiceRequest(input: $input, options: $options) { action { id } userErrors { code message } }
}`;

const approve = `mutation Approve($input: ApproveActionInput!) {
  approveAction(input: $input) { action { id } userErrors { code message } }
}`;

const analytes = [
  ...['ferritin', 'potassium', 'bilirubin', 'albumin', 'troponin', 'lipase', 'cortisol', 'insulin', 'prolactin'],
  ...[
    'magnesium',
    'calcium',
    'phosphate',
    'chloride',
    'lactate',
    'ammonia',
    'fibrinogen',
    'haptoglobin',
    'transferrin',
  ],
  ...['thyrotropin', 'estradiol', 'testosterone', 'progesterone', 'aldosterone', 'renin', 'gastrin', 'calcitonin'],
  ...['creatinine', 'urea', 'urate', 'glucose', 'cholesterol', 'triglyceride', 'amylase', 'myoglobin', 'procalcitonin'],
  ...['folate', 'cobalamin', 'zinc', 'copper', 'selenium', 'lithium', 'digoxin', 'vancomycin', 'gentamicin'],
  ...['phenytoin', 'valproate', 'theophylline', 'tacrolimus', 'methotrexate', 'ceruloplasmin'],
];
