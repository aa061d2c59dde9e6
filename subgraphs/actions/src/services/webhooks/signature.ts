import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';

const secretBytes = 32;

/** `whsec_` and 32 random bytes in base64, as Standard Webhooks has it. */
export const newSecret = (): string => `whsec_${randomBytes(secretBytes).toString('base64')}`;

/** How long webhooks are signed with the secret of before, too, in milliseconds. */
export const rotationMs = 24 * 3_600_000;

/**
 * The headers of Standard Webhooks for one attempt: each secret signs id, time and body, and the receiver takes any of
 * the signatures. The time is the attempt's, so that a webhook that was seen on its way cannot be sent again later.
 */
export function signedHeaders(
  { eventId, body }: { readonly eventId: string; readonly body: string },
  secrets: readonly string[],
  now: Date,
): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': 'Countersign-Webhooks/1',
    'webhook-id': eventId,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(eventId, now, body)).join(' '),
  };
}
