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
import { OidcVerifier } from './authentication/oidc-verifier.ts';
import { OperatorSignIn, type OperatorVerifier, operatorsOf } from './authentication/operator-sign-in.ts';
import { ProviderDirectory } from './authentication/provider-directory.ts';
import { SignInThrottle } from './authentication/sign-in-throttle.ts';
import { signInFields, type TenantsDesk, tenantsDesk } from './authentication/tenants-desk.ts';
import { createBundle, type GraphBundle } from './graph/bundle.ts';
import type { SubgraphLink } from './graph/subgraph-link.ts';
import { LiveOperations } from './live/live-operations.ts';
import type { Directory } from './scim/directory.ts';
import { graphDirectory } from './scim/graph-directory.ts';

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
  readonly operators: OperatorSignIn;
  readonly desk: TenantsDesk;
  /** What identity providers publish. */
  readonly providers: ProviderDirectory;
  readonly throttle: SignInThrottle;
  readonly publicUrl: string | undefined;
  /** The people and groups of the caller's tenant, for directories that provision them. */
  readonly directoryOf: (caller: Principal) => Directory;
  /** Subscriptions, and what else is asked where more than one answer may come. */
  readonly live: LiveOperations;
  readonly demo: Demo | undefined;
  readonly #signer: PrincipalSigner | undefined;
  #bundle: GraphBundle;

  private constructor(options: GatewayOptions, bundle: GraphBundle) {
    this.config = options.config;
    this.log = options.log;
    this.demo = options.demo;
    this.#signer = options.signer;
    this.#bundle = bundle;
    this.live = new LiveOperations({ bundle: () => this.#bundle, log: options.log, metrics: this.metrics });
    this.publicUrl = options.config.publicUrl;
    const tenants = tenantsAmong(options.links);
    this.directoryOf = graphDirectory({ tenants, log: options.log });
    this.desk = tenantsDesk(tenants, options.log);
    this.providers = new ProviderDirectory();
    this.throttle = new SignInThrottle();
    const oidc = new OidcVerifier(this.desk, this.providers);
    const ways = { desk: this.desk, oidc, throttle: this.throttle };
    this.authenticator = new Authenticator(options.verifier, lookupThrough(tenants, options.log), ways);
    const verifiers = operatorVerifiers(options, this.providers);
    this.operators = new OperatorSignIn({ verifiers, desk: this.desk, throttle: this.throttle });
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
    this.live.close();
    return this.#bundle.close();
  }
}

const signInQuery = `query SignIn($email: String!) { signIn(email: $email) { ${signInFields} } }`;

function tenantsAmong(links: readonly SubgraphLink[]): SubgraphLink {
  const tenants = links.find((link) => link.name === 'tenants');
  if (tenants) return tenants;
  throw new Error('A graph without the tenants subgraph lets nobody in.');
}

function operatorVerifiers({ config, demo }: GatewayOptions, providers: ProviderDirectory): OperatorVerifier[] {
  return [...(config.operators ? [operatorsOf(config.operators, providers)] : []), ...(demo ? [demo.issuer] : [])];
}

/** Asks `tenants` itself: the field is hidden from the graph's callers. */
function lookupThrough(tenants: SubgraphLink, log: Logger): PrincipalLookup {
  return async ({ email, tenantId }) => {
    const context = requestContext(servicePrincipal(tenantId, 'gateway', []), log, { surface: 'gateway' });
    const { data, errors } = await tenants.execute({ query: signInQuery, variables: { email } }, context);
    if (errors?.[0]) throw errors[0];
    // The query above says what comes back.
    const { signIn } = data as { signIn: Record<string, unknown> | null };
    // What is null is absent in a principal.
    return signIn && (Object.fromEntries(Object.entries(signIn).filter(([, value]) => value !== null)) as never);
  };
}
