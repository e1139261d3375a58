-- One chunk from staging into the ledger: record, first event with its commitment, publication, salts; one statement,
-- one transaction. A row whose key is there already enters nothing; store.py asks afterwards which and why.
-- Parameters: department, item, item_version, officer, block, salts (32 bytes for each row of staging), kind
-- (record_entered or record_corrected), corrects.
WITH moment AS MATERIALIZED (
    -- What is equal in every event of the chunk is written out once.
    SELECT t.now, t.today,
           ',"citation":null,"department":"' || %(department)s::text || '","effective_on":"' || t.today
               || '","id":"' AS before_id,
           '","kind":"' || %(kind)s || '","officers":["' || %(officer)s::text || '"],"reason":null,"record":"'
               AS before_record,
           '","recorded_at":"' || to_char(t.now AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
               || '","subject":"' AS before_subject
    FROM (SELECT limu.register_now() AS now, limu.register_today() AS today) t
), entered AS (
    INSERT INTO limu.record (
        id, subject, department, item, item_version, natural_key, version, party_name, document_number, authority,
        authority_uscc, decided_on, published_on, conduct_ended_on, valid_from, valid_until, severity, kinds, fine_fen,
        content, closed, content_hash, link_basis, submission, row_number, recorded_at)
    SELECT e.id, l.subject, %(department)s, %(item)s, %(item_version)s, e.natural_key, l.version, e.party_name,
           e.document_number, e.authority, e.authority_uscc, e.decided_on, e.published_on, e.conduct_ended_on,
           e.valid_from, e.valid_until, e.severity, e.kinds, e.fine_fen, e.content, e.closed, e.content_hash, l.basis,
           e.submission, e.row_number, m.now
    FROM staging.entry e
    JOIN staging.link l ON l.submission = e.submission AND l.row_number = e.row_number
    CROSS JOIN moment m
    WHERE (l.version > 1) = %(corrects)s
    ON CONFLICT (subject, department, item, natural_key, version) DO NOTHING
    RETURNING id, subject, version, link_basis, content_hash
), salted AS MATERIALIZED (
    SELECT n.id, n.subject, n.version, n.link_basis, encode(n.content_hash, 'hex') AS content_hash,
           e.decision, e.reason, e.shown_from, e.shown_until, e.earliest_repair_on, e.rule,
           (row_number() OVER () - 1)::int AS salt_index
    FROM entered n JOIN staging.entry e ON e.id = n.id
), salts AS (
    INSERT INTO limu.log_salt (block, salts)
    SELECT %(block)s, substring(%(salts)s FROM 1 FOR 32 * count(*)::int) FROM salted HAVING count(*) > 0
), told AS MATERIALIZED (
    -- The body of the event, its keys in canonical order (RFC 8785): what the log commits to, byte for byte.
    SELECT s.*, '{"content_hash":"' || s.content_hash || '","decision":"' || s.decision
        || '","earliest_repair_on":' || coalesce('"' || s.earliest_repair_on || '"', 'null')
        || ',"item":"' || %(item)s || '","link_basis":"' || s.link_basis
        || '","reason":' || to_json(s.reason)::text
        || ',"rule":' || coalesce(to_json(s.rule)::text, 'null')
        || ',"shown_from":' || coalesce('"' || s.shown_from || '"', 'null')
        || ',"shown_until":' || coalesce('"' || s.shown_until || '"', 'null')
        || ',"version":' || s.version || '}' AS body
    FROM salted s
), events AS (
    INSERT INTO limu.record_event (
        id, subject, record, department, kind, effective_on, recorded_at, officers, reason, citation, body, commitment,
        salt_block, salt_index)
    SELECT t.id, t.subject, t.id, %(department)s, %(kind)s, m.today, m.now, ARRAY[%(officer)s::uuid], NULL, NULL,
           t.body::jsonb,
           sha256('\x00'::bytea || substring(%(salts)s FROM t.salt_index * 32 + 1 FOR 32) || convert_to(
               '{"body":' || t.body || m.before_id || t.id || m.before_record || t.id || m.before_subject || t.subject
               || '"}', 'UTF8')),
           %(block)s, t.salt_index
    FROM told t CROSS JOIN moment m
), shown AS (
    INSERT INTO limu.publication (
        subject, record, department, known_from, decision, reason, shown_from, shown_until, earliest_repair_on, rule)
    SELECT t.subject, t.id, %(department)s, m.now, t.decision, t.reason, t.shown_from, t.shown_until,
           t.earliest_repair_on, t.rule
    FROM told t CROSS JOIN moment m
)
SELECT count(*) AS linked, count(*) FILTER (WHERE decision = 'published') AS published FROM salted
