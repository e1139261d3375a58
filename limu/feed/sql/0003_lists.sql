-- Entries into serious lists follow like records: `list.entered` with what the list's page shows, `list.exited` with id
-- and reason alone. An entry stands here under its own id, as item `serious_list`.
ALTER TABLE limu.feed_event DROP CONSTRAINT feed_event_kind_check,
    ADD CONSTRAINT feed_event_kind_check CHECK (kind ~ '^(record|list)\.[a-z_]+$');

-- What the writer may see of an entry: what the list's page shows today, or why it shows nothing.
CREATE VIEW shown.feed_list AS
SELECT e.id, e.subject, s.uscc AS subject_uscc, s.public_name AS subject_name, coalesce(s.region, '') AS region,
       k.name AS list_name, b.citation AS basis, r.citation AS rule, d.name AS authority, d.name AS department_name,
       e.decision_document AS document_number, e.decided_on, e.served_on AS shown_from,
       coalesce(e.ends_on, date '9999-12-31') AS shown_until, coalesce(g.is_disputed, false) AS is_disputed,
       coalesce(g.from_on <= (SELECT limu.register_today()) AND (SELECT limu.register_today()) < g.until_on, false) AS is_shown,
       CASE WHEN e.exited_on IS NOT NULL THEN 'list_' || e.exit_kind
            WHEN e.ends_on <= (SELECT limu.register_today()) THEN 'term_over'
            WHEN NOT k.is_confirmed THEN 'list_without_basis'
            ELSE 'ground_ended' END AS why
FROM limu.list_entry e
JOIN limu.listing_kind k ON k.code = e.list
JOIN limu.measure_basis b ON b.article = k.basis JOIN limu.measure_basis r ON r.article = k.rule
JOIN limu.department d ON d.id = e.department
JOIN limu.subject s ON s.id = e.subject
LEFT JOIN shown.measure_ground g ON g.ground = e.id AND g.subject = e.subject AND g.source = 'list_entry'
WHERE s.uscc IS NOT NULL AND e.served_on IS NOT NULL;
ALTER VIEW shown.feed_list OWNER TO limu_publisher;
GRANT SELECT ON shown.feed_list TO limu_sequencer;

-- A step that makes an entry active, or ends it, is marked in its own transaction.
CREATE FUNCTION limu.feed_entry_told() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
BEGIN
    INSERT INTO limu.feed_dirty (record, subject) VALUES (NEW.id, NEW.subject);
    PERFORM pg_notify('limu_feed', '');
    RETURN NULL;
END $$;
CREATE TRIGGER entry_is_told AFTER UPDATE ON limu.list_entry FOR EACH ROW
    WHEN ((NEW.served_on, NEW.exited_on) IS DISTINCT FROM (OLD.served_on, OLD.exited_on) AND NEW.served_on IS NOT NULL)
    EXECUTE FUNCTION limu.feed_entry_told();
-- A list whose confirmation comes or goes takes all of its entries along.
CREATE FUNCTION limu.feed_list_told() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
BEGIN
    INSERT INTO limu.feed_dirty (record, subject)
    SELECT e.id, e.subject FROM limu.list_entry e WHERE e.list = NEW.code AND e.served_on IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER list_is_told AFTER UPDATE ON limu.listing_kind FOR EACH ROW
    WHEN ((NEW.is_confirmed, NEW.name) IS DISTINCT FROM (OLD.is_confirmed, OLD.name))
    EXECUTE FUNCTION limu.feed_list_told();
-- An entry that rests on a record falls with it.
CREATE OR REPLACE FUNCTION limu.feed_told() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
BEGIN
    INSERT INTO limu.feed_dirty (record, subject) SELECT DISTINCT record, subject FROM changed;
    INSERT INTO limu.feed_dirty (record, subject)
    SELECT e.id, e.subject FROM limu.list_entry e
    WHERE e.served_on IS NOT NULL AND e.record IN (SELECT record FROM changed);
    PERFORM pg_notify('limu_feed', '');
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION shown.feed_records(submission_is uuid, subject_is uuid) RETURNS TABLE (record uuid, subject uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = limu, pg_temp AS $$
    SELECT id, subject FROM limu.record WHERE submission = submission_is
    UNION ALL SELECT id, subject FROM limu.record WHERE subject = subject_is
    UNION ALL SELECT id, subject FROM limu.list_entry WHERE subject = subject_is AND served_on IS NOT NULL
$$;
-- What was in force before holders could hear of it.
INSERT INTO limu.feed_dirty (record, subject)
SELECT id, subject FROM limu.list_entry WHERE served_on IS NOT NULL AND exited_on IS NULL;
