import { Action } from './action.ts';
import { ActionGate } from './action-gate.ts';
import { Approval } from './approval.ts';
import { AutonomyProposal } from './autonomy-proposal.ts';
import { AutonomySetting } from './autonomy-setting.ts';
import { Bundle } from './bundle.ts';
import { ConnectorInstallation } from './connector-installation.ts';
import { Delegation } from './delegation.ts';
import { Evidence } from './evidence.ts';
import { LogEntry } from './log-entry.ts';
import { LogHead } from './log-head.ts';
import { Suspension } from './suspension.ts';
import { ToolHealth } from './tool-health.ts';
import { TreeHead } from './tree-head.ts';
import { WebhookDelivery } from './webhook-delivery.ts';
import { WebhookEndpoint } from './webhook-endpoint.ts';

/** What this subgraph keeps. */
export const entities = [
  ...[Action, Approval, Delegation, Evidence, ConnectorInstallation, Suspension, ActionGate, ToolHealth],
  ...[LogEntry, LogHead, TreeHead],
  ...[AutonomySetting, AutonomyProposal, Bundle],
  ...[WebhookEndpoint, WebhookDelivery],
];
