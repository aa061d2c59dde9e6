import { serveConnector } from '@countersign/plugin-sdk';
import { fhir } from './index.ts';

serveConnector(fhir);
