-- Rows of staging without a subject wait in pending_record. One sent before, waiting or settled, is not kept twice.
-- Parameters: department, item, item_version. The instant is asked for once, not for each row.
WITH unlinked AS MATERIALIZED (
    SELECT e.id, e.natural_key, e.content_hash, e.party_name, e.party_normal, e.party_uscc, e.party_numbers, e.region,
           e.address, e.registrar, e.submission, e.row_number, to_jsonb(e) AS told, d.reason AS doubt, d.candidates
    FROM staging.entry e
    LEFT JOIN staging.doubt d ON d.submission = e.submission AND d.row_number = e.row_number
    WHERE NOT EXISTS (SELECT FROM staging.link l WHERE l.submission = e.submission AND l.row_number = e.row_number)
), kept AS (
    INSERT INTO limu.pending_record (
        id, department, item, item_version, natural_key, content_hash, party_name, party_normal, party, record, reason,
        candidates, submission, row_number, entered_at)
    SELECT u.id, %(department)s, %(item)s, %(item_version)s, u.natural_key, u.content_hash, u.party_name,
           coalesce(u.party_normal, ''),
           jsonb_strip_nulls(jsonb_build_object('uscc', u.party_uscc, 'numbers', u.party_numbers, 'region', u.region,
                                                'address', u.address, 'registrar', u.registrar)),
           u.told, coalesce(u.doubt, '登记库中没有找到对应主体'),
           coalesce(u.candidates, '[]'), u.submission, u.row_number, (SELECT limu.register_now())
    FROM unlinked u
    ON CONFLICT (department, item, natural_key, party_normal, content_hash, (coalesce(party ->> 'uscc', '')))
    DO NOTHING
    RETURNING id
)
SELECT u.row_number, k.id IS NOT NULL AS is_new
FROM unlinked u LEFT JOIN kept k ON k.id = u.id
ORDER BY u.row_number
