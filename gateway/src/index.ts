export { type Demo, type DemoUser, demoOperator } from './authentication/demo.ts';
export { DemoIssuer } from './authentication/demo-issuer.ts';
export { Gateway, type GatewayOptions } from './gateway.ts';
export { createBundle, type GraphBundle } from './graph/bundle.ts';
export { composeSupergraph } from './graph/composition.ts';
export { localLink, remoteLink, type SubgraphLink } from './graph/subgraph-link.ts';
export { type HttpServer, serveHttp } from './http/server.ts';
