import { type Kernel, SecretBox } from '@countersign/kernel';
import { ApiKey } from './entities/api-key.ts';
import { OperatorAccess } from './entities/operator-access.ts';
import { Session } from './entities/session.ts';
import { ApiKeyResolver } from './resolvers/api-key.resolver.ts';
import { DeskResolver } from './resolvers/desk.resolver.ts';
import { IdentityProviderResolver } from './resolvers/identity-provider.resolver.ts';
import { OperatorAccessResolver } from './resolvers/operator-access.resolver.ts';
import { SessionResolver } from './resolvers/session.resolver.ts';
import type { AccessChanges } from './services/changes/access-changes.ts';
import type { Directory } from './services/directory.ts';
import { IdentityProviders } from './services/identity-providers.ts';
import { Keys } from './services/keys.ts';
import { Operators } from './services/operators.ts';
import { Sessions } from './services/sessions.ts';
import { Entrance } from './services/sign-in/entrance.ts';

export const identityEntities = [ApiKey, Session, OperatorAccess] as const;

type Parts = Pick<Kernel, 'access' | 'config' | 'database' | 'now'> & {
  readonly directory: Directory;
  readonly changes: AccessChanges;
};

/** How somebody comes to be a principal: keys, sessions, identity providers, and the platform's operators. */
export function identityResolvers({ access, config, database, now, directory, changes }: Parts): object[] {
  const keys = new Keys({ database, directory, changes, now });
  const sessions = new Sessions({ database, access, directory, now });
  const box = new SecretBox(config, { purpose: 'countersign:client-secret', makesFolder: true });
  const providers = new IdentityProviders({ database, changes, box });
  const entrance = new Entrance({ database, directory, changes });
  const operators = new Operators(database);
  return [
    new ApiKeyResolver({ directory, changes, keys }),
    new SessionResolver({ directory, sessions }),
    new IdentityProviderResolver({ directory, changes, providers }),
    new OperatorAccessResolver({ changes, operators }),
    new DeskResolver({ directory, entrance, keys, operators, providers, sessions }),
  ];
}
