import { problem } from '@countersign/kernel';
import { z } from 'zod';
import type { ProposalOptions } from '../services/proposals.ts';

const label = z.string().min(1).max(255);

const optionsShape = z.object({
  idempotencyKey: label.nullish().transform((key) => key ?? null),
  evidence: z
    .array(
      z.object({
        answerId: z.string(),
        markers: z
          .array(z.number().int())
          .min(1)
          .max(50)
          .transform((markers) => [...new Set(markers)]),
      }),
    )
    .max(20)
    .nullish()
    .transform((evidence) => evidence ?? []),
  workflow: label.nullish().transform((workflow) => workflow ?? null),
  lane: z
    .enum(['INTERACTIVE', 'BATCH'])
    .nullish()
    .transform((lane) => lane ?? 'INTERACTIVE'),
  surface: label.nullish().transform((surface) => surface ?? null),
});

/** How something is proposed. Refuses with `INVALID_OPTIONS`; `at` says where in the request they stand. */
export function parseOptions(options: object | null, at = 'options'): ProposalOptions {
  const parsed = optionsShape.safeParse(options ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = [at, ...(issue?.path ?? []).map(String)];
  throw problem('INVALID_OPTIONS', `${path.join('.')}: ${issue?.message ?? 'is not valid'}.`, path);
}
