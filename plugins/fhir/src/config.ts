import type { JsonObject, ObjectSchema } from '@countersign/plugin-sdk';

/** What a tenant says about its FHIR server. Credentials are the host's: it adds them to requests. */
export const configSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['baseUrl'],
  properties: {
    baseUrl: {
      type: 'string',
      format: 'uri',
      pattern: '^https?://[^?#]+$',
      description: 'Base of the FHIR R4 REST API.',
      examples: ['https://fhir.example.com/R4'],
    },
  },
} as const satisfies ObjectSchema;

/** The base URL without a slash at its end. */
export function serverOf(config: JsonObject): string {
  return String(config.baseUrl).replace(/\/+$/, '');
}
