import { setTimeout as delay } from 'node:timers/promises';
import {
  type ConnectorManifest,
  changesNothing,
  checkAgainstSchema,
  type JsonObject,
  type OperationPayloads,
  type OperationResults,
  ToolError,
  type ToolManifest,
  type ToolOperation,
} from '@countersign/plugin-sdk';
import { checkedInput, configOf } from './checked-input.ts';
import { readResult } from './child-messages.ts';
import { ConnectorChild } from './connector-child.ts';
import { withoutEffect } from './effect.ts';
import { type BrokerOptions, createHttpBroker } from './http-broker.ts';
import { type ConnectorLog, noLog } from './log.ts';

export interface ConnectorHostOptions {
  /** The folder with `connector.mjs` and `manifest.json`: all that the connector can read. */
  bundleDir: string;
  /** As `loadManifest(bundleDir)` gives it. */
  manifest: ConnectorManifest;
  tenantId: string;
  /** The tenant's configuration of this connector. */
  config: JsonObject;
  log?: ConnectorLog;
  /** Bounds of the HTTP that is brokered, and the credentials that are added to it. */
  http?: Omit<BrokerOptions, 'origins'>;
  /** The connector's JavaScript heap, in MiB. Default 128. */
  memoryMb?: number;
  /** How long the process waits for a next call before it is ended, in milliseconds. Default 60,000. */
  idleMs?: number;
  /** How long a connector may take to let go of a call that was given up, in milliseconds. Default 1,000. */
  graceMs?: number;
}

export interface CallOptions {
  /** Names the effect, for ever: the same for `execute` and for each `verify` and retry of it. */
  idempotencyKey: string;
  /** Default 30,000. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

/**
 * One connector of one tenant, in a process of its own without network or files. The process is started by the first
 * call, shared by all, started again after a crash (later each time, ten seconds at most), and ended when nobody has
 * called for a while.
 */
export class ConnectorHost {
  readonly manifest: ConnectorManifest;
  readonly #options: Required<Omit<ConnectorHostOptions, 'manifest'>>;
  #child: Promise<ConnectorChild> | undefined;
  #idle: NodeJS.Timeout | undefined;
  #crashes = 0;
  #notBefore = 0;
  readonly #closed = new AbortController();

  /** @throws ToolError INVALID_CONFIG with a problem for each thing that is wrong */
  constructor({ manifest, ...options }: ConnectorHostOptions) {
    this.manifest = manifest;
    const defaults = { log: noLog, http: {}, memoryMb: 128, idleMs: 60_000, graceMs: 1_000 };
    this.#options = { ...defaults, ...options, config: configOf(manifest, options.config) };
  }

  /** The running process, if there is one. */
  async pid(): Promise<number | undefined> {
    const child = await this.#child?.catch(() => undefined);
    return child?.isEnded ? undefined : child?.pid;
  }

  /**
   * Calls one tool and answers with what is valid against its schemas. An error's `effect` says whether something may
   * have happened on the other side; where it is `unknown`, ask `verify` under the same key.
   *
   * @throws ToolError with any code of the SDK's catalogue
   */
  async call<Operation extends ToolOperation>(
    tool: string,
    operation: Operation,
    payload: OperationPayloads[Operation],
    { idempotencyKey, timeoutMs = 30_000, signal }: CallOptions,
  ): Promise<OperationResults[Operation]> {
    const manifest = this.#toolNamed(tool, operation);
    // What an operation takes is JSON; only its TypeScript type, an interface, does not say so.
    const json = { ...payload, input: checkedInput(manifest, payload.input) } as unknown as JsonObject;
    const request = { tool, operation, idempotencyKey, payload: json };
    const given = AbortSignal.any([this.#closed.signal, ...(signal ? [signal] : [])]);
    const deadline = new AbortController();
    const timer = setTimeout(() => {
      const message = `${this.manifest.name}.${tool} did not finish ${operation} within ${timeoutMs} ms.`;
      deadline.abort(new ToolError('TIMEOUT', message));
    }, timeoutMs);
    const cancel = () => deadline.abort(new ToolError('CANCELLED', `${this.manifest.name}.${tool} was given up.`));
    given.addEventListener('abort', cancel, { once: true });
    try {
      if (given.aborted) cancel();
      const child = await this.#ready(deadline.signal);
      const result = await child.call(request, deadline.signal, this.#options.graceMs);
      this.#crashes = 0;
      return checkedResult(this.manifest, manifest, operation, result);
    } finally {
      clearTimeout(timer);
      given.removeEventListener('abort', cancel);
      this.#watchIdleness();
    }
  }

  /** Gives up the calls that are under way and ends the process. Calls after it are refused with CANCELLED. */
  async close(): Promise<void> {
    this.#closed.abort();
    await this.#stop();
  }

  #toolNamed(name: string, operation: ToolOperation): ToolManifest {
    const tool = this.manifest.tools.find((one) => one.name === name);
    if (!tool) {
      const names = this.manifest.tools.map((one) => one.name).join(', ');
      throw new ToolError('TOOL_NOT_FOUND', `${this.manifest.name} has no tool ${name}; it has ${names}.`);
    }
    if (tool.operations.includes(operation)) return tool;
    throw new ToolError('NOT_REVERSIBLE', `${this.manifest.name}.${name} has no ${operation}.`);
  }

  /** A process to call, unless the signal is aborted first. */
  async #ready(signal: AbortSignal): Promise<ConnectorChild> {
    try {
      signal.throwIfAborted();
      return await until(this.#running(), signal);
    } catch (error) {
      throw withoutEffect(error);
    }
  }

  async #running(): Promise<ConnectorChild> {
    clearTimeout(this.#idle);
    const current = this.#child;
    const child = await current?.catch(() => undefined);
    await child?.whenResponsive();
    if (child && !child.isEnded && !child.isStopping) return child;
    if (child?.isEnded) await child.ended;
    if (this.#child === current) this.#child = undefined;
    this.#child ??= this.#start();
    return this.#child;
  }

  async #start(): Promise<ConnectorChild> {
    const { http, ...options } = this.#options;
    try {
      await delay(Math.max(0, this.#notBefore - Date.now()), undefined, { signal: this.#closed.signal });
      const child = await ConnectorChild.start({
        ...options,
        manifest: this.manifest,
        brokerFor: (origins) => createHttpBroker({ ...http, origins }),
      });
      void child.ended.then(() => {
        if (!child.isStopping) this.#crashed();
      });
      return child;
    } catch (error) {
      if (this.#closed.signal.aborted) throw new ToolError('CANCELLED', `The host of ${this.manifest.name} is closed.`);
      if (error instanceof ToolError && error.code === 'CONNECTOR_CRASHED') this.#crashed();
      throw error;
    }
  }

  #crashed(): void {
    this.#crashes += 1;
    const pauseMs = Math.min(100 * 2 ** (this.#crashes - 1), 10_000);
    this.#notBefore = Date.now() + pauseMs;
    const { log, tenantId } = this.#options;
    log.warn({ connector: this.manifest.name, tenantId, crashes: this.#crashes, pauseMs }, 'A connector crashed.');
  }

  #watchIdleness(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.#stop(true), this.#options.idleMs).unref();
  }

  async #stop(onlyIfIdle = false): Promise<void> {
    clearTimeout(this.#idle);
    const child = await this.#child?.catch(() => undefined);
    if (!child || (onlyIfIdle && child.callCount > 0)) return;
    await child.stop(this.#options.graceMs);
  }
}

function checkedResult<Operation extends ToolOperation>(
  { name }: ConnectorManifest,
  tool: ToolManifest,
  operation: Operation,
  raw: unknown,
): OperationResults[Operation] {
  try {
    // Parsed by the schema of just this operation.
    const result = readResult(operation, raw) as OperationResults[Operation];
    if ('output' in result && result.output !== undefined) {
      const [problem] = checkAgainstSchema(tool.outputSchema, result.output).problems;
      if (problem) throw new Error(`${problem.path?.join('.')}: ${problem.message}`);
    }
    return result;
  } catch (cause) {
    const message = `${name}.${tool.name} answered ${operation} with something that its contract does not allow.`;
    throw new ToolError('CONNECTOR_FAULT', message, { cause, ...(changesNothing(operation) && { effect: 'none' }) });
  }
}

/** The work's result, or the signal's reason as soon as it is aborted. */
async function until<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
