import type { Client } from 'pg';

/**
 * Fills a tenant's log up to this many sealed entries, as rows of the shape and size that entries have. Their hashes are
 * made up: sealing goes on from them all the same, and nobody verifies them.
 */
export async function growLog(superuser: Client, tenantId: string, size: number): Promise<void> {
  const { rows } = await superuser.query<{ size: number }>(
    'select coalesce(max(seq), 0) as size from actions.log_entry where tenant_id = $1',
    [tenantId],
  );
  const from = rows[0]?.size ?? 0;
  await superuser.query(
    `insert into actions.log_entry (id, tenant_id, format, action_id, kind, occurred_at, principal, correlation_id,
       workflow, surface, facts, entry_values, salts, value_digests, previous_of_action, seq, content_digest,
       previous_hash, hash)
     select gen_random_uuid(), $1::uuid, 1, md5('action ' || n / 8)::uuid, 'EXECUTION',
       now() - interval '90 days' + n * interval '1 second',
       '{"id": "3a9d7c44-1f1e-4f0b-9a53-000000000001", "kind": "user"}', 'request-' || n, 'referral', 'api',
       '{"tool": "fhir.createServiceRequest", "version": "1.0.0"}', jsonb_build_object('note', 'Bring images ' || n),
       jsonb_build_object('note', ${digest('salt')}), jsonb_build_object('note', ${digest('value')}),
       ${digest('previous')}, n, ${digest('content')}, ${digest('seal')}, ${digest('next')}
     from generate_series($2::int + 1, $3::int) as n`,
    [tenantId, from, size],
  );
  await superuser.query(
    `insert into actions.log_node (tenant_id, level, index, hash)
     select $1::uuid, level, n, ${digest('node')}
     from generate_series(0, 20) as level,
       generate_series((select coalesce(max(index) + 1, 0) from actions.log_node as node
                        where node.tenant_id = $1::uuid and node.level = level.level), ($2::int >> level) - 1) as n
     on conflict do nothing`,
    [tenantId, size],
  );
  const ones = size.toString(2).replaceAll('0', '').length;
  const hash = 'ab'.repeat(32);
  await superuser.query(
    `insert into actions.log_head (tenant_id, seq, hash, tree_size, frontier) values ($1, $2, $3, $2, $4)
     on conflict (tenant_id) do update set seq = $2, hash = $3, tree_size = $2, frontier = $4`,
    [tenantId, size, hash, JSON.stringify(Array.from({ length: ones }, () => hash))],
  );
  await superuser.query('analyze actions.log_entry');
  await superuser.query('analyze actions.log_node');
}

/** 64 hexadecimal characters. */
const digest = (of: string): string => `md5('${of}' || n) || md5(n || '${of}')`;
