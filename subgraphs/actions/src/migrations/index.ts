import { initial } from './001-initial.ts';
import { access } from './002-access.ts';
import { sensitiveFields } from './003-sensitive-fields.ts';
import { treeHeads } from './004-tree-heads.ts';
import { revisions } from './005-revisions.ts';
import { suspensions } from './006-suspensions.ts';
import { expiry } from './007-expiry.ts';
import { gates } from './008-gates.ts';
import { retries } from './009-retries.ts';
import { live } from './010-live.ts';
import { autonomy } from './011-autonomy.ts';
import { webhooks } from './012-webhooks.ts';
import { bundles } from './013-bundles.ts';
import { connectorHealth } from './014-connector-health.ts';
import { settlement } from './015-settlement.ts';
import { delegations } from './016-delegations.ts';
import { webhookAudience } from './017-webhook-audience.ts';
import { standingOrders } from './018-standing-orders.ts';
import { begunUnattended } from './019-begun-unattended.ts';

/** In the order in which they were made. */
export const migrations = [
  ...[initial, access, sensitiveFields, treeHeads, revisions, suspensions, expiry, gates, retries],
  ...[live, autonomy, webhooks, bundles, connectorHealth, settlement, delegations, webhookAudience, standingOrders],
  begunUnattended,
];
