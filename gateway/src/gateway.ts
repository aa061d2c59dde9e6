import {
  type Config,
  type Logger,
  Metrics,
  type Principal,
  PrincipalSigner,
  principalHeader,
  requestContext,
  type SignedPrincipal,
  servicePrincipal,
} from '@countersign/kernel';
import { Authenticator, type PrincipalLookup, type TokenVerifier } from './authentication/authenticator.ts';
import type { Demo } from './authentication/demo.ts';
import { createBundle, type GraphBundle } from './graph/bundle.ts';
import type { SubgraphLink } from './graph/subgraph-link.ts';

export interface GatewayOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly links: readonly SubgraphLink[];
  /** Checks tokens; absent: every token is refused. */
  readonly verifier?: TokenVerifier;
  readonly demo?: Demo;
  /** Accepts operations of subgraph processes in their callers' names; absent in one process. */
  readonly signer?: PrincipalSigner;
}

/** The front door: one graph over the subgraphs, for callers whose principal is known. */
export class Gateway {
  readonly config: Config;
  readonly log: Logger;
  readonly metrics = new Metrics();
  readonly authenticator: Authenticator;
  readonly demo: Demo | undefined;
  readonly #signer: PrincipalSigner | undefined;
  #bundle: GraphBundle;

  private constructor(options: GatewayOptions, bundle: GraphBundle) {
    this.config = options.config;
    this.log = options.log;
    this.demo = options.demo;
    this.#signer = options.signer;
    this.#bundle = bundle;
    this.authenticator = new Authenticator(options.verifier, lookupThrough(options.links, options.log));
  }

  static async create(options: GatewayOptions): Promise<Gateway> {
    return new Gateway(options, await createBundle(options.links));
  }

  /** The version of the graph that new operations begin on. */
  get bundle(): GraphBundle {
    return this.#bundle;
  }

  /** Puts a new version of the graph in: one pointer moves; the old one is closed once its operations are done. */
  swap(bundle: GraphBundle): void {
    const before = this.#bundle;
    this.#bundle = bundle;
    void before.close();
  }

  /** The principal that another process of ours signed, if the request carries one. Throws when it is not valid. */
  signedCaller(
    headers: Readonly<Record<string, string | string[] | undefined>>,
    body: string,
  ): SignedPrincipal | undefined {
    const header = headers[principalHeader];
    if (header === undefined || !this.#signer) return undefined;
    return this.#signer.verify(String(header), 'gateway', body);
  }

  close(): Promise<void> {
    return this.#bundle.close();
  }
}

const signInQuery = `query SignIn($email: String!) { signIn(email: $email) { userId email roles permissions attributes } }`;

/** Asks `tenants` itself: the field is hidden from the graph's callers. */
function lookupThrough(links: readonly SubgraphLink[], log: Logger): PrincipalLookup {
  const tenants = links.find((link) => link.name === 'tenants');
  if (!tenants) throw new Error('A graph without the tenants subgraph lets nobody in.');
  return async ({ email, tenantId }) => {
    const context = requestContext(servicePrincipal(tenantId, 'gateway', []), log, { surface: 'gateway' });
    const { data, errors } = await tenants.execute({ query: signInQuery, variables: { email } }, context);
    if (errors?.[0]) throw errors[0];
    // The query above says what comes back.
    const found = (data as { signIn: (Omit<Principal, 'kind' | 'tenantId' | 'id'> & { userId: string }) | null })
      .signIn;
    if (!found) return null;
    const { userId, email: address, roles, permissions, attributes } = found;
    return { id: userId, email: address, roles, permissions, attributes };
  };
}
