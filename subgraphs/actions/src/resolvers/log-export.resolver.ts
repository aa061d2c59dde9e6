import { parsePage, type RequestContext } from '@countersign/kernel';
import { Arg, Ctx, Field, Int, ObjectType, Query, Resolver, registerEnumType } from 'type-graphql';
import type { LogExport } from '../services/log-export.ts';

export enum DecisionLogFormat {
  NDJSON = 'NDJSON',
  CSV = 'CSV',
}

registerEnumType(DecisionLogFormat, {
  name: 'DecisionLogFormat',
  description: 'How an export of the decision log is written down.',
  valuesConfig: {
    NDJSON: {
      description:
        'For `countersign verify-log`: a line of canonical JSON for each sealed entry, and tagged lines `logStart`, `logKey`, `treeHead` and `logEnd` that prove it.',
    },
    CSV: { description: 'For spreadsheets (RFC 4180); the first page begins with a line of titles. Proves nothing.' },
  },
});

@ObjectType({ description: 'A part of the decision log as text.' })
export class DecisionLogExport {
  @Field({ description: 'The lines of this page. Put the pages one behind the other as they are.' })
  text!: string;

  @Field(() => String, { nullable: true, description: 'What to go on after; null when nothing is left.' })
  nextCursor!: string | null;

  @Field(() => Int, { description: 'How many entries are in the text.' })
  count!: number;
}

@Resolver()
export class LogExportResolver {
  readonly #export: LogExport;

  constructor(service: LogExport) {
    this.#export = service;
  }

  @Query(() => DecisionLogExport, {
    description:
      'An unbroken run of the sealed log, in its own order, up to a signed tree head. Refused to who may not see all actions: a gap would look like a removal. Values and salts are left out for who may not see them; the digests still commit to them. That it was handed out is recorded in the log.',
  })
  exportDecisionLog(
    @Arg('since', () => Date, {
      nullable: true,
      description: "The run begins with the first entry from this moment on; with the log's beginning without it.",
    })
    since: Date | null,
    @Arg('until', () => Date, {
      nullable: true,
      description: 'It ends with the first signed head that covers all entries before this moment.',
    })
    until: Date | null,
    @Arg('after', () => String, {
      nullable: true,
      description: 'The `nextCursor` of the page before, which also knows where the run begins and ends.',
    })
    after: string | null,
    @Arg('limit', () => Int, { nullable: true, description: 'How many entries at most, 1 to 10000; 1000 unless told.' })
    limit: number | null,
    @Arg('format', () => DecisionLogFormat, {
      nullable: true,
      description: 'How it is written down; `NDJSON` unless told.',
    })
    format: DecisionLogFormat | null,
    @Ctx() context: RequestContext,
  ): Promise<DecisionLogExport> {
    const place = parsePage({ after: after ?? undefined }).after;
    const asked = { since: since ?? null, until: until ?? null, after: place };
    return this.#export.page(context, { ...asked, limit: limit ?? 1_000, format: format ?? 'NDJSON' });
  }
}
