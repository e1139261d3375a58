-- What holders of copies are told, in one order. A number is given after the commit it tells of, by one writer at a
-- time, and a number is committed before the next is given: no reader can pass over an event that comes later.
-- Nothing of a record's content stands here; it lies in feed_copy for as long as the record is public.
CREATE TABLE limu.feed_event (
    timepoint bigint PRIMARY KEY CHECK (timepoint > 0),
    record uuid NOT NULL,
    subject uuid NOT NULL,
    item text NOT NULL,
    region text NOT NULL,
    kind text NOT NULL CHECK (kind ~ '^record\.[a-z_]+$'),
    reason text NOT NULL,
    is_end boolean NOT NULL,
    -- The newest event of its record.
    is_current boolean NOT NULL DEFAULT true,
    -- The first day on which the content may not be served, whatever else has happened by then.
    shown_until date,
    told_at timestamptz NOT NULL DEFAULT limu.register_now()
);
CREATE UNIQUE INDEX feed_event_current ON limu.feed_event (record) WHERE is_current;
CREATE INDEX feed_event_record ON limu.feed_event (record);
CREATE INDEX feed_event_subject ON limu.feed_event (subject) WHERE is_current AND NOT is_end;
CREATE INDEX feed_event_term ON limu.feed_event (shown_until) WHERE is_current AND NOT is_end;
CREATE INDEX feed_event_told ON limu.feed_event (told_at);
CREATE INDEX feed_event_changes ON limu.feed_event (timepoint) WHERE kind <> 'record.published';

-- Which fields an agreement lets through; an empty set lets every public field through.
CREATE TABLE limu.feed_policy (
    id integer GENERATED ALWAYS AS IDENTITY (START WITH 1) PRIMARY KEY,
    fields text[] NOT NULL UNIQUE,
    -- Copies exist for every current event up to here; the writer catches up.
    is_filled boolean NOT NULL DEFAULT false
);

-- The content of current events as a policy lets it through, and its digest. A row goes when its record ends.
CREATE TABLE limu.feed_copy (
    policy integer NOT NULL,
    timepoint bigint NOT NULL,
    record uuid NOT NULL,
    item text NOT NULL,
    region text NOT NULL,
    leaf integer NOT NULL CHECK (leaf BETWEEN 0 AND 65535),
    digest bytea NOT NULL CHECK (octet_length(digest) = 16),
    mark bigint NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (policy, timepoint)
);
CREATE INDEX feed_copy_leaf ON limu.feed_copy (policy, leaf);
CREATE INDEX feed_copy_record ON limu.feed_copy (record);
-- Marks of the copies under one of 4,096 buckets, kept up to date by whoever writes the copies.
CREATE TABLE limu.feed_bucket (
    policy integer NOT NULL,
    item text NOT NULL,
    region text NOT NULL,
    bucket integer NOT NULL CHECK (bucket BETWEEN 0 AND 4095),
    copies bigint NOT NULL,
    mark bigint NOT NULL,
    PRIMARY KEY (policy, item, region, bucket)
);

-- What may have changed since the writer last looked. Written in the transaction of the act itself, so that content
-- is withheld from that commit on, whether the writer lives or not; many rows for one record are as good as one.
CREATE TABLE limu.feed_dirty (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    record uuid,
    subject uuid,
    submission uuid,
    marked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (num_nonnulls(record, submission) <= 1 AND num_nonnulls(record, subject, submission) >= 1)
);
CREATE INDEX feed_dirty_record ON limu.feed_dirty (record) WHERE record IS NOT NULL;
CREATE TABLE limu.feed_state (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    timepoint bigint NOT NULL DEFAULT 0,
    -- Terms that begin or end up to this day have been told.
    day date NOT NULL DEFAULT '0001-01-01'
);
INSERT INTO limu.feed_state DEFAULT VALUES;

CREATE FUNCTION limu.feed_told() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
BEGIN
    INSERT INTO limu.feed_dirty (record, subject) SELECT DISTINCT record, subject FROM changed;
    PERFORM pg_notify('limu_feed', '');
    RETURN NULL;
END $$;
-- Whatever ends or changes a publication closes its row first.
CREATE TRIGGER publication_is_told AFTER UPDATE ON limu.publication
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION limu.feed_told();
CREATE FUNCTION limu.feed_submission_told() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
BEGIN
    INSERT INTO limu.feed_dirty (submission) VALUES (NEW.id);
    PERFORM pg_notify('limu_feed', '');
    RETURN NULL;
END $$;
CREATE TRIGGER submission_is_told AFTER UPDATE OF state ON limu.submission FOR EACH ROW
    WHEN (NEW.state IS DISTINCT FROM OLD.state AND NEW.state IN ('done', 'undone'))
    EXECUTE FUNCTION limu.feed_submission_told();
CREATE FUNCTION limu.feed_subject_told() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
BEGIN
    INSERT INTO limu.feed_dirty (subject) VALUES (NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER subject_is_told AFTER UPDATE ON limu.subject FOR EACH ROW
    WHEN ((NEW.public_name, NEW.uscc, NEW.region) IS DISTINCT FROM (OLD.public_name, OLD.uscc, OLD.region))
    EXECUTE FUNCTION limu.feed_subject_told();

-- What the writer may see: what the public sees today, and why something is no more. Never what is not public.
CREATE VIEW shown.feed_source AS
SELECT r.*, coalesce(s.region, '') AS region
FROM shown.record_source r JOIN limu.subject s ON s.id = r.subject WHERE s.uscc IS NOT NULL;
CREATE VIEW shown.feed_reason AS
SELECT subject, record, reason, shown_from, shown_until, decision FROM limu.publication WHERE known_until = 'infinity';
CREATE FUNCTION shown.feed_records(submission_is uuid, subject_is uuid) RETURNS TABLE (record uuid, subject uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = limu, pg_temp AS $$
    SELECT id, subject FROM limu.record WHERE submission = submission_is
    UNION ALL SELECT id, subject FROM limu.record WHERE subject = subject_is
$$;
-- Records whose term begins or ends after one day and not after another.
CREATE FUNCTION shown.feed_turning(day_after date, day_until date) RETURNS TABLE (record uuid, subject uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = limu, pg_temp AS $$
    SELECT record, subject FROM limu.publication WHERE known_until = 'infinity' AND decision = 'published'
      AND ((shown_from > day_after AND shown_from <= day_until) OR (shown_until > day_after AND shown_until <= day_until))
$$;
DO $$
DECLARE v text;
BEGIN
    FOREACH v IN ARRAY ARRAY['feed_source', 'feed_reason'] LOOP
        EXECUTE format('ALTER VIEW shown.%I OWNER TO limu_publisher', v);
        EXECUTE format('GRANT SELECT ON shown.%I TO limu_sequencer', v);
    END LOOP;
END $$;
ALTER FUNCTION shown.feed_records OWNER TO limu_publisher;
ALTER FUNCTION shown.feed_turning OWNER TO limu_publisher;
REVOKE ALL ON FUNCTION shown.feed_records, shown.feed_turning FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shown.feed_records, shown.feed_turning TO limu_sequencer;
GRANT USAGE ON SCHEMA shown TO limu_sequencer;
GRANT SELECT ON limu.catalogue_item TO limu_sequencer;

GRANT SELECT, INSERT ON limu.feed_event TO limu_sequencer;
GRANT UPDATE (is_current) ON limu.feed_event TO limu_sequencer;
GRANT SELECT, INSERT, DELETE ON limu.feed_copy, limu.feed_dirty TO limu_sequencer;
GRANT SELECT, INSERT, UPDATE ON limu.feed_bucket TO limu_sequencer;
GRANT SELECT, UPDATE ON limu.feed_state, limu.feed_policy TO limu_sequencer;
GRANT SELECT, INSERT ON limu.feed_dirty TO limu_app;
GRANT SELECT ON limu.feed_event, limu.feed_copy, limu.feed_bucket, limu.feed_state TO limu_app;
GRANT SELECT, INSERT ON limu.feed_policy TO limu_app;
INSERT INTO limu.feed_policy (fields, is_filled) VALUES ('{}', true);

CREATE FUNCTION limu.refuse_retelling() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (OLD.is_current AND NOT NEW.is_current) OR to_jsonb(NEW) - 'is_current' <> to_jsonb(OLD) - 'is_current' THEN
        RAISE EXCEPTION 'an event that was told is not changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER feed_event_told_once BEFORE UPDATE ON limu.feed_event
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_retelling();
CREATE TRIGGER feed_event_no_delete BEFORE DELETE ON limu.feed_event
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER feed_event_no_truncate BEFORE TRUNCATE ON limu.feed_event EXECUTE FUNCTION limu.refuse_change();
