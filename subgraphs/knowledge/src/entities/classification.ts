import { registerEnumType } from 'type-graphql';

/** In rising order: policies compare it with a reader's clearance as a number from 0 to 3. */
export enum Classification {
  PUBLIC = 'PUBLIC',
  INTERNAL = 'INTERNAL',
  CONFIDENTIAL = 'CONFIDENTIAL',
  RESTRICTED = 'RESTRICTED',
}

registerEnumType(Classification, {
  name: 'Classification',
  description: 'How closely a document is kept. By itself it keeps nobody out: policies compare it with clearances.',
  valuesConfig: {
    PUBLIC: { description: 'Anybody may know it; 0 in policies.' },
    INTERNAL: { description: 'For the organisation; 1 in policies.' },
    CONFIDENTIAL: { description: 'For those who need it; 2 in policies.' },
    RESTRICTED: { description: 'For those who are named; 3 in policies.' },
  },
});

const inOrder = [
  Classification.PUBLIC,
  Classification.INTERNAL,
  Classification.CONFIDENTIAL,
  Classification.RESTRICTED,
] as const;

export const levelOf = (classification: Classification): number => inOrder.indexOf(classification);
export const classificationOf = (level: number): Classification => inOrder[level] ?? Classification.RESTRICTED;
