import { can, type SubgraphPermissions } from '@countersign/kernel';

export const permissions: SubgraphPermissions = {
  catalogue: [
    {
      name: 'inference:answer:create',
      description: 'Ask a question. Takes knowledge:document:read and billing:budget:read, too.',
      risk: 'LOW',
    },
    { name: 'inference:answer:read', description: "Read the answers to one's own questions again.", risk: 'LOW' },
    { name: 'inference:answer:audit', description: "Read the answers to everybody's questions.", risk: 'MEDIUM' },
  ],
  Query: {
    // Which answers: services/answer-records.ts, in the statement itself.
    answer: can('inference:answer:read'),
  },
  Mutation: {
    answer: can('inference:answer:create'),
  },
  entities: {
    Answer: can('inference:answer:read'),
  },
};
