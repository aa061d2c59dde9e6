import type { Connector } from '../connector.ts';
import type { HttpClient } from '../http.ts';
import type { JsonObject } from '../json-schema.ts';
import { checkAgainstSchema } from '../schema-check.ts';
import type { Tool } from '../tool.ts';
import type { ContractCase } from './contract-case.ts';
import { schemaFaults } from './schema-sanity.ts';
import { toolChecks } from './tool-checks.ts';
import { watchHttp } from './watched-http.ts';

export interface ContractOptions {
  /** The configuration of a tenant whose other side may be written to. */
  config: JsonObject;
  /** At least one for each tool. */
  cases: readonly ContractCase[];
  /** Default `contract-test`. */
  tenantId?: string;
  /** Default: the network, under the host's rules. */
  http?: HttpClient;
}

export interface ContractCheck {
  /** E.g. `fhir.createServiceRequest: execute twice under one key has one effect`. */
  name: string;
  /** What was wrong; null when nothing was. */
  fault: string | null;
}

export interface ContractReport {
  connector: string;
  checks: readonly ContractCheck[];
}

/** Says in one message all that a connector does not hold to. */
export class ContractBroken extends Error {
  readonly report: ContractReport;

  constructor(report: ContractReport) {
    const broken = report.checks.filter((check) => check.fault !== null);
    const lines = broken.map(({ name, fault }) => `- ${name}: ${fault}`);
    super([`${report.connector} breaks the contract of connectors:`, ...lines].join('\n'));
    this.name = 'ContractBroken';
    this.report = report;
  }
}

/**
 * Runs a connector against a real other side and checks what the host relies on: schemas that the graph can show,
 * a preview that changes nothing, one effect for one idempotency key, a `verify` that tells done from not done, an undo
 * that undoes and may be repeated. Belongs in any test framework: it throws or returns.
 *
 * @throws ContractBroken naming each thing that does not hold
 */
export async function testConnector(connector: Connector, options: ContractOptions): Promise<ContractReport> {
  const checks: ContractCheck[] = [];
  const check = async (name: string, work: () => unknown): Promise<void> => {
    try {
      await work();
      checks.push({ name, fault: null });
    } catch (error) {
      checks.push({ name, fault: error instanceof Error ? error.message : String(error) });
    }
  };

  await check(`${connector.name}: the configuration is valid against its schema`, () => {
    const { problems } = checkAgainstSchema(connector.configSchema, options.config, 'INVALID_CONFIG');
    expectNone(problems.map((problem) => problem.message));
    expectNone(schemaFaults(connector.configSchema, 'config'));
  });
  for (const tool of connector.tools) {
    await check(`${connector.name}.${tool.name}: its schemas can be shown in the graph`, () => {
      expectNone([...schemaFaults(tool.inputSchema, 'input'), ...schemaFaults(tool.outputSchema, 'output')]);
    });
    await check(`${connector.name}.${tool.name}: has a case`, () => {
      if (!options.cases.some((one) => one.tool === tool.name)) throw new Error('add one to "cases".');
    });
  }
  const origins = [...connector.egress(options.config), ...(connector.origins ?? [])];
  for (const one of options.cases) {
    const tool = toolOf(connector, one.tool);
    const watched = watchHttp(origins, options.http);
    const world = { ...watched, config: options.config, tenantId: options.tenantId ?? 'contract-test' };
    for (const [name, work] of toolChecks(tool, one, world))
      await check(`${connector.name}.${tool.name}: ${name}`, work);
  }

  const report = { connector: `${connector.name}@${connector.version}`, checks };
  if (checks.some(({ fault }) => fault !== null)) throw new ContractBroken(report);
  return report;
}

function toolOf(connector: Connector, name: string): Tool {
  const tool = connector.tools.find((one) => one.name === name);
  if (!tool) throw new TypeError(`A case is for ${name}, which is no tool of ${connector.name}.`);
  return tool;
}

function expectNone(faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(faults.join(' '));
}
