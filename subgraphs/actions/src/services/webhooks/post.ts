import { assertOutsideTransaction } from '@countersign/kernel';
import { type Dispatcher, request } from 'undici';
import { WebhookFailure } from '../../entities/webhook-delivery.ts';
import { addressForbidden } from './guarded-agent.ts';

export interface Message {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What came of one attempt. */
export type Outcome =
  | { readonly delivered: true; readonly status: number }
  | {
      readonly delivered: false;
      /** Null when there was no answer. */
      readonly status: number | null;
      readonly reason: WebhookFailure;
      /** How long the receiver asks to be left alone, in milliseconds; null when it does not. */
      readonly retryAfterMs: number | null;
    };

/** Makes one attempt, and never throws but when `stop` is aborted: then nobody knows whether the receiver got it. */
export type Post = (message: Message, stop: AbortSignal) => Promise<Outcome>;

const mostOfAnswer = 1_024;

/**
 * Posts by way of the dispatcher, within one bound for everything from the name's resolution to the answer's end. Of the
 * answer nothing but its status and `Retry-After` is looked at: it comes from somebody else, and is shown to nobody.
 */
export function postVia(dispatcher: Dispatcher, { timeoutMs, now }: { timeoutMs: number; now: () => Date }): Post {
  return async ({ url, headers, body }, stop) => {
    assertOutsideTransaction('a webhook');
    const bound = AbortSignal.timeout(timeoutMs);
    const signal = AbortSignal.any([bound, stop]);
    try {
      const answer = await request(url, { dispatcher, method: 'POST', headers, body, signal });
      // The status is the answer. The rest is read so that the connection can be used again, if there is little of it.
      await answer.body.dump({ limit: mostOfAnswer, signal }).catch(() => {});
      return outcomeOf(answer.statusCode, retryAfter(answer.headers['retry-after'], now()));
    } catch (error) {
      if (stop.aborted) throw error;
      const reason = bound.aborted ? WebhookFailure.TIMEOUT : reasonOf(error);
      return { delivered: false, status: null, reason, retryAfterMs: null };
    }
  };
}

function outcomeOf(status: number, retryAfterMs: number | null): Outcome {
  if (status >= 200 && status < 300) return { delivered: true, status };
  if (status === 410) return { delivered: false, status, reason: WebhookFailure.GONE, retryAfterMs: null };
  if (status >= 300 && status < 400) {
    return { delivered: false, status, reason: WebhookFailure.REDIRECT, retryAfterMs: null };
  }
  const asks = status === 429 || status === 503;
  return { delivered: false, status, reason: WebhookFailure.STATUS, retryAfterMs: asks ? retryAfterMs : null };
}

/** RFC 9110, 10.2.3: seconds, or a date. */
export function retryAfter(header: string | string[] | undefined, now: Date): number | null {
  const text = (Array.isArray(header) ? header[0] : header)?.trim();
  if (!text) return null;
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const at = text.endsWith(' GMT') ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}

function reasonOf(error: unknown): WebhookFailure {
  const codes = codesIn(error);
  if (codes.includes(addressForbidden)) return WebhookFailure.ADDRESS_FORBIDDEN;
  if (codes.some((code) => timeouts.has(code))) return WebhookFailure.TIMEOUT;
  return codes.some((code) => ofTls.test(code)) ? WebhookFailure.TLS : WebhookFailure.UNREACHABLE;
}

const timeouts = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);
const ofTls = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|EPROTO)/;

/** Of the error and of what it was made of, the outermost first. */
function codesIn(error: unknown): string[] {
  if (typeof error !== 'object' || error === null) return [];
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  return [...own, ...('cause' in error ? codesIn(error.cause) : [])];
}
