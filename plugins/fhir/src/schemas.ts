import type { ObjectSchema } from '@countersign/plugin-sdk';

export const inputSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['patient', 'code'],
  properties: {
    patient: {
      type: 'string',
      // FHIR R4 datatypes.html#id
      pattern: '^Patient/[A-Za-z0-9.-]{1,64}$',
      description: 'Whom it is for: `Patient/` and the id.',
      examples: ['Patient/17'],
    },
    code: {
      type: 'object',
      additionalProperties: false,
      required: ['system', 'code'],
      description: 'What is requested, as a code of a code system.',
      properties: {
        system: {
          type: 'string',
          format: 'uri',
          description: 'URI of the code system.',
          examples: ['http://loinc.org'],
        },
        code: {
          type: 'string',
          // FHIR R4 datatypes.html#code
          pattern: '^\\S+(\\s\\S+)*$',
          maxLength: 200,
          description: 'The code within the system.',
          examples: ['24323-8'],
        },
        display: {
          type: 'string',
          pattern: '\\S',
          maxLength: 500,
          description: 'The code in words.',
          examples: ['Comprehensive metabolic panel'],
        },
      },
    },
    priority: {
      type: 'string',
      enum: ['ROUTINE', 'URGENT', 'ASAP', 'STAT'],
      default: 'ROUTINE',
      description: 'How soon it is to be carried out.',
      'x-enum-descriptions': {
        ROUTINE: 'In the normal order.',
        URGENT: 'Before routine requests.',
        ASAP: 'As soon as possible.',
        STAT: 'At once.',
      },
    },
    note: {
      type: 'string',
      pattern: '\\S',
      maxLength: 2000,
      description: 'A note for whoever carries it out.',
      examples: ['Fasting since midnight.'],
    },
    occurrence: {
      type: 'string',
      format: 'date-time',
      description: 'When it is to be carried out.',
      examples: ['2026-12-01T08:30:00Z'],
    },
  },
} as const satisfies ObjectSchema;

export const outputSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['reference', 'url', 'status'],
  properties: {
    reference: { type: 'string', description: 'The order on the FHIR server: `ServiceRequest/` and the id.' },
    url: { type: 'string', format: 'uri', description: 'Where it can be read.' },
    status: { type: 'string', description: 'Its status as the server has it, such as `active`.' },
    versionId: {
      type: 'string',
      description: 'The version that was made. Absent where the server does not tell; it cannot be undone then.',
    },
  },
} as const satisfies ObjectSchema;
