import { connection, PageArgs, PageInfo, parsePage, type RequestContext } from '@countersign/kernel';
import { Arg, Args, Ctx, Field, ID, InputType, Int, ObjectType, Query, Resolver, registerEnumType } from 'type-graphql';
import type { AuditTrail } from '../services/audit-trail.ts';
import { cursorOf } from '../services/audit-trail.ts';
import { LogEntryEdge } from './decision-log.resolver.ts';

export enum AuditExportFormat {
  NDJSON = 'NDJSON',
  CSV = 'CSV',
}

registerEnumType(AuditExportFormat, {
  name: 'AuditExportFormat',
  description: 'How an audit trail is written down.',
  valuesConfig: {
    NDJSON: { description: 'One JSON object a line, with the digests and hashes that the log commits to.' },
    CSV: { description: 'For spreadsheets (RFC 4180); the first page begins with a line of titles.' },
  },
});

@InputType({ description: 'Which entries of the log; each member that is there narrows them.' })
export class AuditTrailFilter {
  @Field(() => [String], {
    nullable: true,
    description: 'Of these kinds, such as `ACCESS_CHANGE`, `ACCESS_REFUSAL`, `OPERATOR_ACCESS` or `APPROVAL`.',
  })
  kinds?: string[] | null;

  @Field(() => ID, { nullable: true, description: 'By this user or machine.' })
  principalId?: string | null;

  @Field(() => String, { nullable: true, description: 'About this permission, such as `actions:action:approve`.' })
  permission?: string | null;

  @Field(() => ID, { nullable: true, description: 'About this action, user, role, policy or other object.' })
  subjectId?: string | null;

  @Field(() => Date, { nullable: true, description: 'From this moment on.' })
  since?: Date | null;

  @Field(() => Date, { nullable: true, description: 'Before this moment.' })
  until?: Date | null;
}

@ObjectType({ description: 'A page of the audit trail.' })
export class AuditTrailConnection {
  @Field(() => [LogEntryEdge], { description: 'The entries, newest first.' })
  edges!: LogEntryEdge[];

  @Field(() => PageInfo, { description: 'Where the page stands.' })
  pageInfo!: PageInfo;
}

@ObjectType({ description: 'A part of the audit trail as text.' })
export class AuditExport {
  @Field({ description: 'The entries, newest first, in the format asked for. Further pages go behind it as they are.' })
  text!: string;

  @Field(() => String, { nullable: true, description: 'What to go on after; null when nothing is left.' })
  nextCursor!: string | null;

  @Field(() => Int, { description: 'How many entries are in the text.' })
  count!: number;
}

@Resolver()
export class AuditTrailResolver {
  readonly #trail: AuditTrail;

  constructor(trail: AuditTrail) {
    this.#trail = trail;
  }

  @Query(() => AuditTrailConnection, {
    description: 'Who did, changed or was refused what: the decision log, newest first, of what you may see.',
  })
  async auditTrail(
    @Arg('filter', () => AuditTrailFilter, { nullable: true, description: 'Which entries; all without one.' })
    filter: AuditTrailFilter | null,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ): Promise<AuditTrailConnection> {
    const page = parsePage(args);
    const entries = await this.#trail.page(context, filter ?? {}, page);
    return connection(entries, page, (node, cursor) => ({ node, cursor: cursor(cursorOf(node)) }));
  }

  @Query(() => AuditExport, {
    description: 'The same as text, to be kept elsewhere. That it was handed out is recorded in the log.',
  })
  exportAuditTrail(
    @Arg('filter', () => AuditTrailFilter, { nullable: true, description: 'Which entries; all without one.' })
    filter: AuditTrailFilter | null,
    @Arg('format', () => AuditExportFormat, { description: 'How it is written down.' }) format: AuditExportFormat,
    @Arg('after', () => String, { nullable: true, description: 'The `nextCursor` of the page before.' })
    after: string | null,
    @Arg('limit', () => Int, { nullable: true, description: 'How many entries at most, 1 to 10000; 1000 unless told.' })
    limit: number | null,
    @Ctx() context: RequestContext,
  ): Promise<AuditExport> {
    const place = parsePage({ after: after ?? undefined }).after;
    return this.#trail.export(context, filter ?? {}, { format, after: place, limit: limit ?? 1_000 });
  }
}
