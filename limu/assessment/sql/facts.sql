-- The facts of one department's year, by item and days. Parameters: department, first, last (exclusive), needed (json:
-- item to the fields that publication asks for). Counts alone: no row, no subject, no person is in them.
WITH batch AS (
    SELECT s.*, (s.received_at AT TIME ZONE 'Asia/Shanghai')::date AS day FROM limu.submission s
    WHERE s.department = %(department)s AND s.state = 'done' AND s.intent <> 'nil'
      AND s.received_at >= %(first)s::timestamp AT TIME ZONE 'Asia/Shanghai'
      AND s.received_at < %(last)s::timestamp AT TIME ZONE 'Asia/Shanghai'
), kept AS (
    SELECT r.*, b.day FROM limu.record r JOIN batch b ON b.id = r.submission
    WHERE r.department = %(department)s AND r.version = 1
), problem AS (
    SELECT DISTINCT b.item, b.day, r.submission, r.row_number %% 20000000 AS row FROM limu.submission_row r
    JOIN batch b ON b.id = r.submission
    WHERE r.verdict <> 'duplicate' AND NOT r.codes @> ARRAY['person']
), fact (item, kind, from_on, until_on, rows) AS (
    SELECT b.item, v.kind, b.day, b.day, sum(v.rows) FROM batch b
    CROSS JOIN LATERAL (VALUES ('received', b.received), ('accepted', b.accepted), ('refused', b.refused),
                               ('conflict', b.conflict), ('duplicate', b.duplicate)) AS v (kind, rows)
    GROUP BY 1, 2, 3, 4
    UNION ALL SELECT item, 'kept', day, day, count(*) FROM kept GROUP BY 1, 3
    UNION ALL SELECT item, 'linked', day, day, count(*) FROM kept GROUP BY 1, 3
    UNION ALL SELECT item, 'complete', day, day, count(*) FROM kept
        WHERE (content || coalesce(closed, '{}')) ?& ARRAY(SELECT jsonb_array_elements_text(%(needed)s::jsonb -> item))
        GROUP BY 1, 3
    UNION ALL SELECT item, 'decided', decided_on, day, count(*) FROM kept
        WHERE decided_on IS NOT NULL AND decided_on <= day GROUP BY 1, 3, 4
    UNION ALL SELECT p.item, 'waiting', b.day, b.day, count(*) FROM limu.pending_record p
        JOIN batch b ON b.id = p.submission WHERE p.settled_at IS NULL GROUP BY 1, 3
    UNION ALL SELECT item, 'problem', day, day, count(*) FROM problem GROUP BY 1, 3
    UNION ALL SELECT p.item, 'mended', p.day, (m.mended_at AT TIME ZONE 'Asia/Shanghai')::date, count(*) FROM problem p
        JOIN limu.mended_row m ON m.submission = p.submission AND m.row_number = p.row GROUP BY 1, 3, 4
    UNION ALL SELECT p.item, 'waived', p.day, p.day, count(*) FROM problem p
        JOIN limu.waiver w ON w.submission = p.submission AND w.row_number = p.row AND w.is_granted
            AND w.reversed_at IS NULL GROUP BY 1, 3
    UNION ALL SELECT k.item, 'disputed', k.day, k.day, count(*) FROM kept k
        WHERE EXISTS (SELECT FROM limu.publication p WHERE p.subject = k.subject AND p.record = k.id AND p.is_disputed)
        GROUP BY 1, 3
    UNION ALL SELECT k.item, 'withdrawn', k.day, k.day, count(*) FROM kept k
        WHERE EXISTS (SELECT FROM limu.record_event e WHERE e.subject = k.subject AND e.record = k.id
                      AND e.kind = 'record_withdrawn') GROUP BY 1, 3
)
SELECT item, kind, from_on, until_on, sum(rows)::int AS rows FROM fact WHERE rows > 0 GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4
