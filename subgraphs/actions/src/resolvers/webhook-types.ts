import { type Edge, PageArgs, PageInfo, UserError } from '@countersign/kernel';
import { ArgsType, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { WebhookDelivery, WebhookDeliveryStatus } from '../entities/webhook-delivery.ts';
import { WebhookEndpoint } from '../entities/webhook-endpoint.ts';
import { WebhookEventType } from '../entities/webhook-event-type.ts';

@InputType({ description: 'A new webhook.' })
export class CreateWebhookInput {
  @Field({ description: 'Where it is told: https, on the public Internet or at an origin that the operator allows.' })
  url!: string;

  @Field(() => String, { nullable: true, description: 'What it is for, in words. At most 200 characters.' })
  description?: string | null;

  @Field(() => [WebhookEventType], { nullable: true, description: 'What it is told of; everything without it.' })
  eventTypes?: WebhookEventType[] | null;
}

@InputType({ description: 'A change of a webhook; what is not there stays as it is.' })
export class UpdateWebhookInput {
  @Field(() => ID, { description: 'The webhook.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'Where it is told. What is to be sent still goes there, too.' })
  url?: string | null;

  @Field(() => String, { nullable: true, description: 'What it is for, in words. At most 200 characters.' })
  description?: string | null;

  @Field(() => [WebhookEventType], { nullable: true, description: 'What it is told of; null for everything.' })
  eventTypes?: WebhookEventType[] | null;
}

/** What all that take no more have in common. */
@InputType()
abstract class OfWebhookInput {
  @Field(() => ID, { description: 'The webhook.' })
  id!: string;
}

@InputType({ description: 'Which webhook to remove.' })
export class RemoveWebhookInput extends OfWebhookInput {}

@InputType({ description: 'Which webhook gets a new secret.' })
export class RotateWebhookSecretInput extends OfWebhookInput {}

@InputType({ description: 'Which webhook to enable.' })
export class EnableWebhookInput extends OfWebhookInput {}

@InputType({ description: 'Which webhook to disable.' })
export class DisableWebhookInput extends OfWebhookInput {}

@InputType({ description: 'Which webhook to try.' })
export class TestWebhookInput extends OfWebhookInput {}

@InputType({ description: 'Which delivery to send again.' })
export class ReplayWebhookDeliveryInput {
  @Field(() => ID, { description: 'The delivery.' })
  id!: string;
}

@InputType({ description: 'Which deliveries to send again.' })
export class ReplayWebhookDeliveriesInput extends OfWebhookInput {
  @Field(() => Date, { description: 'From this moment on.' })
  since!: Date;
}

@ObjectType()
abstract class WebhookPayload {
  @Field(() => WebhookEndpoint, { nullable: true, description: 'The webhook as it is now; null when it was refused.' })
  webhook?: WebhookEndpoint | null;

  @Field(() => [UserError], { description: 'What the caller can mend; empty when it was done.' })
  userErrors!: UserError[];
}

@ObjectType()
abstract class WebhookSecretPayload extends WebhookPayload {
  @Field(() => String, {
    nullable: true,
    description: 'What its webhooks are signed with, `whsec_...`. Shown this once; null when it was refused.',
  })
  secret?: string | null;
}

@ObjectType({ description: 'What came of making a webhook.' })
export class CreateWebhookPayload extends WebhookSecretPayload {}

@ObjectType({ description: 'What came of a new secret.' })
export class RotateWebhookSecretPayload extends WebhookSecretPayload {}

@ObjectType({ description: 'What came of changing a webhook.' })
export class UpdateWebhookPayload extends WebhookPayload {}

@ObjectType({ description: 'What came of enabling a webhook.' })
export class EnableWebhookPayload extends WebhookPayload {}

@ObjectType({ description: 'What came of disabling a webhook.' })
export class DisableWebhookPayload extends WebhookPayload {}

@ObjectType({ description: 'What came of removing a webhook.' })
export class RemoveWebhookPayload {
  @Field(() => ID, { nullable: true, description: 'The webhook that is gone; null when it was refused.' })
  removedId?: string | null;

  @Field(() => [UserError], { description: 'What the caller can mend; empty when it was done.' })
  userErrors!: UserError[];
}

@ObjectType()
abstract class WebhookDeliveryPayload {
  @Field(() => WebhookDelivery, { nullable: true, description: 'What is to be sent; null when it was refused.' })
  delivery?: WebhookDelivery | null;

  @Field(() => [UserError], { description: 'What the caller can mend; empty when it was done.' })
  userErrors!: UserError[];
}

@ObjectType({ description: 'What came of trying a webhook.' })
export class TestWebhookPayload extends WebhookDeliveryPayload {}

@ObjectType({ description: 'What came of sending one again.' })
export class ReplayWebhookDeliveryPayload extends WebhookDeliveryPayload {}

@ObjectType({ description: 'What came of sending many again.' })
export class ReplayWebhookDeliveriesPayload {
  @Field(() => Int, { nullable: true, description: 'How many are to be sent, 1000 at most; null when it was refused.' })
  count?: number | null;

  @Field(() => Date, { nullable: true, description: 'From when on to replay what is left; null when nothing is.' })
  next?: Date | null;

  @Field(() => [UserError], { description: 'What the caller can mend; empty when it was done.' })
  userErrors!: UserError[];
}

@ArgsType()
export class WebhookDeliveriesArgs extends PageArgs {
  @Field(() => ID, { nullable: true, description: 'Only those of this webhook.' })
  webhookId?: string | null;

  @Field(() => WebhookDeliveryStatus, { nullable: true, description: 'Only those that stand here.' })
  status?: WebhookDeliveryStatus | null;
}

@ObjectType({ description: 'A delivery in a list.' })
export class WebhookDeliveryEdge implements Edge<WebhookDelivery> {
  @Field(() => WebhookDelivery, { description: 'The delivery.' })
  node!: WebhookDelivery;

  @Field({ description: 'Where it stands in the list.' })
  cursor!: string;
}

@ObjectType({ description: 'A page of deliveries.' })
export class WebhookDeliveryConnection {
  @Field(() => [WebhookDeliveryEdge], { description: 'The deliveries, newest first.' })
  edges!: WebhookDeliveryEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;
}
