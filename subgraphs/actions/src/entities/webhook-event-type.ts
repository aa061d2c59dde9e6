import { registerEnumType } from 'type-graphql';

/** What a webhook tells of; the values are what stands in its body's `type`. */
export enum WebhookEventType {
  ACTION_PROPOSED = 'action.proposed',
  ACTION_APPROVED = 'action.approved',
  ACTION_REJECTED = 'action.rejected',
  ACTION_SUCCEEDED = 'action.succeeded',
  ACTION_PARTLY_SUCCEEDED = 'action.partly_succeeded',
  ACTION_SUBMITTED = 'action.submitted',
  ACTION_FAILED = 'action.failed',
  ACTION_UNDONE = 'action.undone',
  ACTION_DEAD_LETTERED = 'action.dead_lettered',
  ACTION_EXPIRED = 'action.expired',
  ACTION_STALE = 'action.stale',
  ACTION_REPLANNED = 'action.replanned',
  WEBHOOK_DISABLED = 'webhook.disabled',
  WEBHOOK_TEST = 'webhook.test',
}

registerEnumType(WebhookEventType, {
  name: 'WebhookEventType',
  description: 'What a webhook tells of.',
  valuesConfig: {
    ACTION_PROPOSED: { description: '`action.proposed`: somebody proposed an action, or began to undo one.' },
    ACTION_APPROVED: {
      description: '`action.approved`: somebody approved it; its status says if others have to, too.',
    },
    ACTION_REJECTED: { description: '`action.rejected`: it was rejected, taken back, or given up.' },
    ACTION_SUCCEEDED: { description: '`action.succeeded`: it took effect.' },
    ACTION_PARTLY_SUCCEEDED: {
      description: '`action.partly_succeeded`: a part of it took effect, the rest was refused.',
    },
    ACTION_SUBMITTED: { description: '`action.submitted`: the other side has it and answers later.' },
    ACTION_FAILED: { description: '`action.failed`: nothing took effect; it may be tried again.' },
    ACTION_UNDONE: { description: '`action.undone`: its effect was taken back.' },
    ACTION_DEAD_LETTERED: { description: '`action.dead_lettered`: its tries are used up, a person has to look.' },
    ACTION_EXPIRED: { description: '`action.expired`: nobody decided on it, or executed it, in time.' },
    ACTION_STALE: { description: '`action.stale`: what would happen is no longer what was previewed.' },
    ACTION_REPLANNED: { description: '`action.replanned`: it was previewed anew and needs new approvals.' },
    WEBHOOK_DISABLED: { description: '`webhook.disabled`: another webhook of the tenant gets nothing any more.' },
    WEBHOOK_TEST: { description: '`webhook.test`: somebody tries the webhook. Sent whatever it is subscribed to.' },
  },
});
