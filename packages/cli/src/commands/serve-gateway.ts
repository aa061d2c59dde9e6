import { Gateway, remoteLink, serveHttp } from '@countersign/gateway';
import { CountersignError, type Logger, loadConfig, PrincipalSigner, startTracing } from '@countersign/kernel';
import { demoOf, hospitalFor } from '../demo/demo.ts';
import { seedDocumentsAndConnectors } from '../demo/seed.ts';
import { CleanUp } from '../house/clean-up.ts';
import { houseLogger } from '../house/house.ts';
import { untilToldToEnd } from './until-told.ts';

/** How long the gateway waits for its subgraphs to come up, in milliseconds. */
const patienceMs = 120_000;

/** `countersign gateway`: the front door alone, over subgraphs in other processes. */
export async function serveGateway(): Promise<void> {
  const config = loadConfig();
  const { principalKey, subgraphUrls } = config;
  if (!principalKey || subgraphUrls.size === 0) {
    throw new CountersignError(
      'CONFIG_INVALID',
      'A gateway process needs COUNTERSIGN_PRINCIPAL_KEY and COUNTERSIGN_SUBGRAPHS.',
    );
  }
  const log = houseLogger(config);
  const signer = new PrincipalSigner(principalKey);
  const cleanUp = new CleanUp();
  try {
    cleanUp.add(startTracing(config.otlpEndpoint));
    const links = [...subgraphUrls].map(([name, url]) => remoteLink(name, url, signer, log));
    const demo = config.demo ? demoOf(config) : undefined;
    const gateway = await patiently(log, () =>
      Gateway.create({ config, log, links, verifier: demo?.issuer, demo, signer }),
    );
    cleanUp.add(() => gateway.close());
    if (demo) await seedDocumentsAndConnectors(gateway, await hospitalFor(config, console.log));
    const server = await serveHttp(gateway);
    cleanUp.add(() => server.close());
    console.log(`The gateway answers at ${server.url}/graphql`);
    await untilToldToEnd();
  } finally {
    await cleanUp.run();
  }
}

/** Tries again while subgraphs are still coming up. */
async function patiently<T>(log: Logger, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof CountersignError && error.code === 'UPSTREAM_UNAVAILABLE') || Date.now() > deadline)
        throw error;
      log.info(`Waiting: ${error.message}`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
