import { defineConnector } from '@countersign/plugin-sdk';
import { configSchema, serverOf } from './config.ts';
import { createServiceRequest } from './create-service-request.ts';

/** Orders in a FHIR R4 server, over its REST API. */
export const fhir = defineConnector({
  name: 'fhir',
  version: '1.0.0',
  title: 'FHIR',
  description: 'Orders in a FHIR R4 server: previewed, validated, made once, and taken back.',
  configSchema,
  egress: (config) => [new URL(serverOf(config)).origin],
  tools: [createServiceRequest],
});
