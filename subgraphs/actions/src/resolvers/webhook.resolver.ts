import { connection, parsePage, payload, type RequestContext } from '@countersign/kernel';
import { Arg, Args, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import { WebhookEndpoint } from '../entities/webhook-endpoint.ts';
import type { WebhookDeliveries } from '../services/webhooks/deliveries.ts';
import type { WebhookEndpoints } from '../services/webhooks/endpoints.ts';
import {
  CreateWebhookInput,
  CreateWebhookPayload,
  DisableWebhookInput,
  DisableWebhookPayload,
  EnableWebhookInput,
  EnableWebhookPayload,
  RemoveWebhookInput,
  RemoveWebhookPayload,
  ReplayWebhookDeliveriesInput,
  ReplayWebhookDeliveriesPayload,
  ReplayWebhookDeliveryInput,
  ReplayWebhookDeliveryPayload,
  RotateWebhookSecretInput,
  RotateWebhookSecretPayload,
  TestWebhookInput,
  TestWebhookPayload,
  UpdateWebhookInput,
  UpdateWebhookPayload,
  WebhookDeliveriesArgs,
  WebhookDeliveryConnection,
} from './webhook-types.ts';

@Resolver()
export class WebhookResolver {
  readonly #endpoints: WebhookEndpoints;
  readonly #deliveries: WebhookDeliveries;

  constructor(parts: { endpoints: WebhookEndpoints; deliveries: WebhookDeliveries }) {
    this.#endpoints = parts.endpoints;
    this.#deliveries = parts.deliveries;
  }

  @Query(() => [WebhookEndpoint], { description: "The tenant's webhooks, the oldest first." })
  webhooks(@Ctx() { principal }: RequestContext): Promise<WebhookEndpoint[]> {
    return this.#endpoints.all(principal);
  }

  @Query(() => WebhookDeliveryConnection, {
    description: 'What was sent, or is to be, of the last 30 days; newest first.',
  })
  async webhookDeliveries(
    @Args(() => WebhookDeliveriesArgs) args: WebhookDeliveriesArgs,
    @Ctx() { principal }: RequestContext,
  ): Promise<WebhookDeliveryConnection> {
    const page = parsePage(args);
    const rows = await this.#deliveries.page(principal, page, args);
    return connection(rows, page, (node, cursor) => ({ node, cursor: cursor({ id: node.id }) }));
  }

  @Mutation(() => CreateWebhookPayload, {
    nullable: true,
    description: "Has an address told what happens to the tenant's actions. Answers its secret, this once.",
  })
  createWebhook(
    @Arg('input', () => CreateWebhookInput, { description: 'The webhook.' }) input: CreateWebhookInput,
    @Ctx() context: RequestContext,
  ): Promise<CreateWebhookPayload> {
    const { url, description, eventTypes = null } = input;
    return payload(() => this.#endpoints.create({ url, description: description ?? '', eventTypes }, context));
  }

  @Mutation(() => UpdateWebhookPayload, { nullable: true, description: 'Changes a webhook. Its secret stays.' })
  updateWebhook(
    @Arg('input', () => UpdateWebhookInput, { description: 'The change.' }) input: UpdateWebhookInput,
    @Ctx() context: RequestContext,
  ): Promise<UpdateWebhookPayload> {
    const { id, url, description, eventTypes } = input;
    const change = { url: url ?? undefined, description: description ?? undefined, eventTypes };
    return payload(async () => ({ webhook: await this.#endpoints.update(id, change, context) }));
  }

  @Mutation(() => RemoveWebhookPayload, {
    nullable: true,
    description: 'Removes a webhook, with all that it was or is to be sent.',
  })
  removeWebhook(
    @Arg('input', () => RemoveWebhookInput, { description: 'Which one.' }) { id }: RemoveWebhookInput,
    @Ctx() context: RequestContext,
  ): Promise<RemoveWebhookPayload> {
    return payload(async () => ({ removedId: await this.#endpoints.remove(id, context) }));
  }

  @Mutation(() => RotateWebhookSecretPayload, {
    nullable: true,
    description:
      'Gives a webhook a new secret, and answers it, this once. For 24 hours the one of before signs, too; then it is worth nothing.',
  })
  rotateWebhookSecret(
    @Arg('input', () => RotateWebhookSecretInput, { description: 'Which one.' }) { id }: RotateWebhookSecretInput,
    @Ctx() context: RequestContext,
  ): Promise<RotateWebhookSecretPayload> {
    return payload(() => this.#endpoints.rotate(id, context));
  }

  @Mutation(() => EnableWebhookPayload, {
    nullable: true,
    description: 'Has a disabled webhook told again, from now on. What it missed can be replayed.',
  })
  enableWebhook(
    @Arg('input', () => EnableWebhookInput, { description: 'Which one.' }) { id }: EnableWebhookInput,
    @Ctx() context: RequestContext,
  ): Promise<EnableWebhookPayload> {
    return payload(async () => ({ webhook: await this.#endpoints.enable(id, context) }));
  }

  @Mutation(() => DisableWebhookPayload, {
    nullable: true,
    description: 'Has a webhook told nothing until it is enabled. What it misses is kept, and can be replayed then.',
  })
  disableWebhook(
    @Arg('input', () => DisableWebhookInput, { description: 'Which one.' }) { id }: DisableWebhookInput,
    @Ctx() context: RequestContext,
  ): Promise<DisableWebhookPayload> {
    return payload(async () => ({ webhook: await this.#endpoints.disable(id, context) }));
  }

  @Mutation(() => TestWebhookPayload, {
    nullable: true,
    description: 'Sends a `webhook.test`, like any other webhook.',
  })
  testWebhook(
    @Arg('input', () => TestWebhookInput, { description: 'Which one.' }) { id }: TestWebhookInput,
    @Ctx() context: RequestContext,
  ): Promise<TestWebhookPayload> {
    return payload(async () => ({ delivery: await this.#endpoints.test(id, context) }));
  }

  @Mutation(() => ReplayWebhookDeliveryPayload, {
    nullable: true,
    description: 'Sends again what was delivered, failed or was skipped, under the same `webhook-id`.',
  })
  replayWebhookDelivery(
    @Arg('input', () => ReplayWebhookDeliveryInput, { description: 'Which one.' }) { id }: ReplayWebhookDeliveryInput,
    @Ctx() context: RequestContext,
  ): Promise<ReplayWebhookDeliveryPayload> {
    return payload(async () => ({ delivery: await this.#deliveries.replay(id, context) }));
  }

  @Mutation(() => ReplayWebhookDeliveriesPayload, {
    nullable: true,
    description: 'Sends a webhook all that failed or was skipped since a moment, the oldest first, 1000 at most.',
  })
  replayWebhookDeliveries(
    @Arg('input', () => ReplayWebhookDeliveriesInput, { description: 'Which ones.' })
    input: ReplayWebhookDeliveriesInput,
    @Ctx() context: RequestContext,
  ): Promise<ReplayWebhookDeliveriesPayload> {
    return payload(() => this.#deliveries.replaySince(input.id, input.since, context));
  }
}
