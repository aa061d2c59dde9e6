import { defineSubgraph } from '@countersign/kernel';
import { Answer } from './entities/answer.ts';
import { initial } from './migrations/001-initial.ts';
import { permissions } from './permissions.ts';
import { AnswerResolver } from './resolvers/answer.resolver.ts';
import { AnswerRecords } from './services/answer-records.ts';
import { configuredProviders } from './services/configured-providers.ts';
import { GroundedAnswers } from './services/grounded-answers.ts';

export type { InferenceUsed } from './events.ts';

/** Who thinks: model providers, routing, grounded answers. */
export const inference = defineSubgraph({
  name: 'inference',
  entities: [Answer],
  migrations: [initial],
  permissions,
  assemble: ({ config, database, graph, now }) => {
    const records = new AnswerRecords(database);
    const answers = new GroundedAnswers(graph, records, configuredProviders(config), now);
    return {
      resolvers: [new AnswerResolver(answers, records)],
      references: {
        Answer: (keys, { principal }) =>
          records.findAll(
            principal,
            keys.map((key) => String(key.id)),
          ),
      },
    };
  },
});
