-- The first event of each record just entered, with its commitment. The body's text is written in canonical order
-- (RFC 8785): it is what the log commits to, byte for byte (decision 0005). What is equal in every event of the chunk
-- comes written out: before_id, before_record, before_subject.
-- Parameters: department, item, officer, kind, corrects, block, salts (32 bytes a row), now, today, before_*.
INSERT INTO limu.record_event (
    id, subject, record, department, kind, effective_on, recorded_at, officers, reason, citation, body, commitment,
    salt_block, salt_index)
SELECT t.id, t.subject, t.id, %(department)s, %(kind)s, %(today)s, %(now)s, ARRAY[%(officer)s::uuid], NULL, NULL,
       t.body::jsonb,
       sha256('\x00'::bytea || substring(%(salts)s FROM t.place * 32 + 1 FOR 32) || convert_to(
           concat('{"body":', t.body, %(before_id)s, t.id, %(before_record)s, t.id, %(before_subject)s, t.subject, '"}'),
           'UTF8')),
       %(block)s, t.place
FROM (
    SELECT e.id, l.subject, (row_number() OVER () - 1)::int AS place,
           concat('{"content_hash":"', encode(e.content_hash, 'hex'), '","decision":"', e.decision,
                  '","earliest_repair_on":', coalesce('"' || e.earliest_repair_on || '"', 'null'),
                  ',"item":"', %(item)s, '","link_basis":"', l.basis, '","reason":', to_json(e.reason),
                  ',"rule":', coalesce(to_json(e.rule)::text, 'null'),
                  ',"shown_from":', coalesce('"' || e.shown_from || '"', 'null'),
                  ',"shown_until":', coalesce('"' || e.shown_until || '"', 'null'), ',"version":', l.version, '}') AS body
    FROM staging.entry e
    JOIN staging.link l ON l.submission = e.submission AND l.row_number = e.row_number
    WHERE CASE WHEN %(corrects)s THEN l.version > 1 ELSE l.version = 1 END
) t
