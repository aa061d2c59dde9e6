import { type AttributeDeclaration, anyone, defineSubgraph } from '@countersign/kernel';
import { Query, Resolver } from 'type-graphql';

@Resolver()
class DocumentsThere {
  @Query(() => Boolean, { description: 'Whether there is anything.' })
  documentsThere(): boolean {
    return true;
  }
}

@Resolver()
class ActionsThere {
  @Query(() => Boolean, { description: 'Whether there is anything.' })
  actionsThere(): boolean {
    return true;
  }
}

const attribute = (name: string, type: AttributeDeclaration['type'], required = true): AttributeDeclaration => ({
  name,
  type,
  required,
  description: name,
});

/** What the tenants subgraph sees of documents: that there are such, and what policies see of them. */
export const knowledge = defineSubgraph({
  name: 'knowledge',
  entities: [],
  migrations: [],
  permissions: {
    catalogue: [
      { name: 'knowledge:document:read', description: 'Read.', risk: 'LOW', on: 'Document', listed: true },
      { name: 'knowledge:document:ingest', description: 'Ingest.', risk: 'MEDIUM' },
    ],
    objectTypes: [
      {
        type: 'Document',
        description: 'A document.',
        noun: 'object',
        readPermission: 'knowledge:document:read',
        attributes: [
          attribute('source', 'String'),
          attribute('title', 'String'),
          attribute('ingestedBy', 'String'),
          attribute('roles', 'Set<String>'),
          attribute('classification', 'Long'),
          attribute('department', 'String', false),
          attribute('region', 'String', false),
        ],
      },
    ],
    Query: { documentsThere: anyone },
  },
  assemble: () => ({ resolvers: [new DocumentsThere()] }),
});

const onAction = (verb: string) => ({
  name: `actions:action:${verb}`,
  description: verb,
  risk: 'HIGH' as const,
  on: 'ProposedAction',
});

/** The same of proposed actions. */
export const actions = defineSubgraph({
  name: 'actions',
  entities: [],
  migrations: [],
  permissions: {
    catalogue: [{ ...onAction('read'), listed: true }, onAction('approve'), onAction('execute'), onAction('undo')],
    objectTypes: [
      {
        type: 'ProposedAction',
        description: 'An action.',
        noun: 'object',
        readPermission: 'actions:action:read',
        attributes: [
          attribute('tool', 'String'),
          attribute('connector', 'String'),
          attribute('risk', 'String'),
          attribute('status', 'String'),
          attribute('makerId', 'String'),
          attribute('makerPerson', 'String'),
          attribute('makerGroups', 'Set<String>'),
          attribute('makerDepartment', 'String', false),
          attribute('reversible', 'Boolean'),
          attribute('amount', 'Decimal', false),
          attribute('currency', 'String', false),
          attribute('workflow', 'String', false),
          attribute('costUsd', 'Decimal', false),
        ],
      },
    ],
    Query: { actionsThere: anyone },
  },
  assemble: () => ({ resolvers: [new ActionsThere()] }),
});
