import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  type CallMessage,
  type ConnectorManifest,
  type ConnectorMessage,
  changesNothing,
  fromWire,
  type HostMessage,
  type HttpRequestMessage,
  isSafe,
  type JsonObject,
  ToolError,
  toWire,
} from '@countersign/plugin-sdk';
import { readMessage } from './child-messages.ts';
import { endOf, hold, runSandboxed } from './child-process.ts';
import { withoutEffect } from './effect.ts';
import { greetChild } from './greeting.ts';
import type { HttpBroker } from './http-broker.ts';
import type { ConnectorLog } from './log.ts';

export interface ChildOptions {
  bundleDir: string;
  manifest: ConnectorManifest;
  tenantId: string;
  config: JsonObject;
  memoryMb: number;
  log: ConnectorLog;
  /** Given the origins that are allowed. */
  brokerFor(origins: ReadonlySet<string>): HttpBroker;
}

export type Request = Omit<CallMessage, 'kind' | 'callId'>;

interface Call extends Request {
  settle: { resolve(result: unknown): void; reject(error: unknown): void };
  http: AbortController;
  requests: number;
  /** How many requests have gone out that may have changed something. */
  acts: number;
  isGivenUp: boolean;
  /** Resolves when the connector has let go of the call, or has ended. */
  over: PromiseWithResolvers<void>;
}

/** One running process of a connector. Anything that it says is checked; what it does not do in time ends it. */
export class ConnectorChild {
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
  readonly #options: ChildOptions;
  readonly #process: ChildProcess;
  readonly #calls = new Map<string, Call>();
  #broker: HttpBroker | undefined;
  #how = 'ended';
  #isEnded = false;
  #isStopping = false;

  /** @throws ToolError CONNECTOR_CRASHED, CONNECTOR_FAULT, PROTOCOL_UNSUPPORTED, INVALID_CONFIG, EGRESS_DENIED */
  static async start(options: ChildOptions): Promise<ConnectorChild> {
    const child = new ConnectorChild(options);
    try {
      const origins = await greetChild(child.#process, options);
      child.#broker = options.brokerFor(origins);
      child.#process.on('message', (raw) => child.#receive(raw));
      child.#keepAlive();
      return child;
    } catch (error) {
      child.#isStopping = true;
      child.#process.kill('SIGKILL');
      throw error;
    }
  }

  private constructor(options: ChildOptions) {
    this.#options = options;
    this.#process = runSandboxed(options);
    this.ended = endOf(this.#process).then((how) => {
      this.#how = how;
      this.#isEnded = true;
      this.#failAll();
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Whether the process ended, or is ending, because the host wanted it to. */
  get isStopping(): boolean {
    return this.#isStopping;
  }

  get callCount(): number {
    return this.#calls.size;
  }

  /** Resolves when the connector holds on to no call that was given up: until then it may be about to be ended. */
  async whenResponsive(): Promise<void> {
    const overdue = [...this.#calls.values()].filter((call) => call.isGivenUp);
    await Promise.all(overdue.map((call) => call.over.promise));
  }

  /**
   * Makes one call. When `signal` is aborted it fails with the signal's reason at once; a connector that does not let
   * go of the call within `graceMs` then is ended.
   */
  async call(request: Request, signal: AbortSignal, graceMs: number): Promise<unknown> {
    const callId = randomUUID();
    const { promise, ...settle } = Promise.withResolvers<unknown>();
    const over = Promise.withResolvers<void>();
    const call = { ...request, settle, http: new AbortController(), requests: 0, acts: 0, isGivenUp: false, over };
    const giveUp = () => this.#giveUp(callId, call, signal.reason, graceMs);
    this.#calls.set(callId, call);
    this.#keepAlive();
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      if (signal.aborted) giveUp();
      else if (this.#isEnded) this.#failAll();
      else this.#send({ kind: 'call', callId, ...request });
      return await promise;
    } catch (error) {
      throw call.acts > 0 ? error : withoutEffect(error);
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** Lets the process end by itself, or ends it after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    // The host waits for the end, so it must live to see it.
    hold(this.#process, 'ref');
    if (this.#process.connected) this.#process.disconnect();
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), graceMs);
    await this.ended;
    clearTimeout(timer);
  }

  #receive(raw: unknown): void {
    const read = readMessage(raw);
    if (read.known) {
      this.#handle(read.message);
      return;
    }
    const fields = { connector: this.#options.manifest.name, kind: read.kind, problem: read.problem };
    this.#options.log.warn(fields, 'Passed over a message of a connector.');
  }

  #handle(message: ConnectorMessage): void {
    switch (message.kind) {
      case 'result':
        this.#settle(message.callId, ({ settle }) => settle.resolve(message.result));
        break;
      case 'error':
        this.#settle(message.callId, ({ settle }) => settle.reject(fromWire(message.error)));
        break;
      case 'http.request':
        void this.#broke(message);
        break;
      case 'log': {
        const { fields, level, callId } = message;
        this.#options.log[level]({ connector: this.#options.manifest.name, callId, fields }, message.message);
        break;
      }
      case 'describe':
      case 'refuse':
        // Said once, at the beginning, and not heard again.
        break;
    }
  }

  async #broke(request: HttpRequestMessage): Promise<void> {
    const { requestId } = request;
    const call = this.#calls.get(request.callId);
    try {
      if (!call || call.isGivenUp || !this.#broker) {
        throw new ToolError('CANCELLED', 'The call that this request belongs to is over.');
      }
      call.requests += 1;
      if (call.requests > MAX_REQUESTS) {
        throw new ToolError('EGRESS_DENIED', `One call may make ${MAX_REQUESTS} requests, and has made them.`);
      }
      const response = await this.#sendOut(this.#broker, call, request);
      this.#send({ kind: 'http.response', requestId, ...response });
    } catch (error) {
      const problem = error instanceof ToolError ? error : new ToolError('CONNECTOR_FAULT', String(error));
      this.#send({ kind: 'http.error', requestId, error: toWire(problem) });
    }
  }

  async #sendOut(broker: HttpBroker, call: Call, request: HttpRequestMessage) {
    const mayAct = !isSafe(request);
    if (mayAct) call.acts += 1;
    try {
      return await broker.send(request, { readOnly: changesNothing(call.operation), signal: call.http.signal });
    } catch (error) {
      if (mayAct && error instanceof ToolError && error.effect === 'none') call.acts -= 1;
      throw error;
    }
  }

  #giveUp(callId: string, call: Call, reason: unknown, graceMs: number): void {
    call.isGivenUp = true;
    call.http.abort();
    call.settle.reject(reason);
    this.#send({ kind: 'cancel', callId });
    setTimeout(() => {
      if (this.#calls.has(callId)) this.#process.kill('SIGKILL');
    }, graceMs).unref();
  }

  #settle(callId: string, how: (call: Call) => void): void {
    const call = this.#calls.get(callId);
    if (!call) return;
    this.#calls.delete(callId);
    call.http.abort();
    how(call);
    call.over.resolve();
    this.#keepAlive();
  }

  #failAll(): void {
    const { name } = this.#options.manifest;
    for (const callId of [...this.#calls.keys()]) {
      const error = new ToolError(
        'CONNECTOR_CRASHED',
        `The process of connector ${name} ${this.#how} during the call.`,
      );
      this.#settle(callId, ({ settle }) => settle.reject(error));
    }
  }

  #send(message: HostMessage): void {
    // The channel may have closed meanwhile; what was waiting then fails through `close`.
    if (this.#process.connected) this.#process.send(message, () => undefined);
  }

  /** The host's process lives on for a call, and not for a connector that only waits for one. */
  #keepAlive(): void {
    hold(this.#process, this.#calls.size > 0 ? 'ref' : 'unref');
  }
}

/** For one call. */
const MAX_REQUESTS = 100;
