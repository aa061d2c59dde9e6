import { actions } from '@countersign/actions';
import { billing } from '@countersign/billing';
import { inference } from '@countersign/inference';
import type { SubgraphDefinition } from '@countersign/kernel';
import { knowledge } from '@countersign/knowledge';
import { tenants } from '@countersign/tenants';

/** The five subgraphs, in the order in which their migrations are applied. */
export const allSubgraphs: readonly SubgraphDefinition[] = [tenants, knowledge, inference, actions, billing];
