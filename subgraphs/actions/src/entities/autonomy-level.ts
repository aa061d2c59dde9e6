import { registerEnumType } from 'type-graphql';
import { AUTONOMY_LEVELS } from '../services/autonomy/index.ts';

export enum AutonomyLevel {
  SUGGEST = 'SUGGEST',
  ONE_CLICK = 'ONE_CLICK',
  UNATTENDED = 'UNATTENDED',
}

registerEnumType(AutonomyLevel, {
  name: 'AutonomyLevel',
  description: 'How far a tool goes without people, the least first.',
  valuesConfig: {
    SUGGEST: { description: AUTONOMY_LEVELS.SUGGEST },
    ONE_CLICK: { description: AUTONOMY_LEVELS.ONE_CLICK },
    UNATTENDED: { description: AUTONOMY_LEVELS.UNATTENDED },
  },
});
