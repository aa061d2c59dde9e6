export { checkedInput, configOf } from './checked-input.ts';
export { type CallOptions, ConnectorHost, type ConnectorHostOptions } from './connector-host.ts';
export type { BrokerOptions } from './http-broker.ts';
export { loadManifest } from './load-manifest.ts';
export type { ConnectorLog } from './log.ts';
