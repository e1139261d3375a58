-- What is shown, from when until when, by which rule: a projection of events in two times.
-- known_from/known_until: when we held this; shown_from/shown_until (exclusive): the days it may be public.
CREATE TABLE limu.publication (
    subject uuid NOT NULL,
    record uuid NOT NULL,
    department uuid NOT NULL,
    known_from timestamptz NOT NULL,
    known_until timestamptz NOT NULL DEFAULT 'infinity',
    decision text NOT NULL CHECK (decision IN ('published', 'withheld', 'ended')),
    reason text NOT NULL,
    shown_from date,
    shown_until date,
    earliest_repair_on date,
    rule text,
    is_disputed boolean NOT NULL DEFAULT false,
    -- One row may be open ('infinity'); closings of one record differ.
    PRIMARY KEY (subject, record, known_until),
    CHECK (known_from < known_until),
    CHECK (decision <> 'published' OR (shown_from IS NOT NULL AND shown_until > shown_from AND rule IS NOT NULL))
) PARTITION BY RANGE (subject);
-- The door for COPY, as ledger/sql/0001_record.sql has it: no reading, and no department but one's own.
CREATE TABLE limu.publication_rows PARTITION OF limu.publication DEFAULT PARTITION BY HASH (subject);
ALTER TABLE limu.publication_rows ALTER department SET DEFAULT limu.current_department();
DO $$
DECLARE n integer;
BEGIN
    FOR n IN 0..7 LOOP
        EXECUTE format('CREATE TABLE limu.publication_%1$s PARTITION OF limu.publication_rows FOR VALUES WITH (MODULUS 8, REMAINDER %1$s)', n);
        EXECUTE format('ALTER TABLE limu.publication_%s ENABLE ROW LEVEL SECURITY', n);
    END LOOP;
END $$;
-- Known times of a record never overlap: one open row at most, and an earlier row is closed at the instant the next begins.
CREATE FUNCTION limu.refuse_overlap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.known_until <> 'infinity' OR NEW.known_until = 'infinity'
       OR (NEW.subject, NEW.record, NEW.known_from, NEW.decision, NEW.shown_from, NEW.shown_until, NEW.rule)
          IS DISTINCT FROM (OLD.subject, OLD.record, OLD.known_from, OLD.decision, OLD.shown_from, OLD.shown_until, OLD.rule) THEN
        RAISE EXCEPTION 'publication rows are closed, never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER publication_closed_only BEFORE UPDATE ON limu.publication
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_overlap();
CREATE TRIGGER publication_no_delete BEFORE DELETE ON limu.publication
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
ALTER TABLE limu.publication ENABLE ROW LEVEL SECURITY;
ALTER TABLE limu.publication FORCE ROW LEVEL SECURITY;
CREATE POLICY own_department ON limu.publication TO limu_app
    USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()));
CREATE POLICY for_public_views ON limu.publication FOR SELECT TO limu_publisher USING (true);
GRANT SELECT, INSERT ON limu.publication TO limu_app;
GRANT INSERT (subject, record, known_from, decision, reason, shown_from, shown_until, earliest_repair_on, rule)
    ON limu.publication_rows TO limu_app;
GRANT UPDATE (known_until) ON limu.publication TO limu_app;
GRANT SELECT ON limu.publication TO limu_publisher;

-- How a record ended, where it may not come back by being sent again: repaired, revoked, deleted after an objection, or
-- shown to its last day. Null for one that stands, was withdrawn by its reporter, corrected, or taken off its subject.
CREATE FUNCTION limu.ended_as(whose uuid, wanted uuid) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN p.decision = 'ended' AND p.reason = 'record_repaired' THEN 'repaired'
        WHEN p.decision = 'ended' AND p.reason = 'record_revoked' THEN 'revoked'
        WHEN p.decision = 'ended' AND p.reason = 'record_withdrawn' AND EXISTS (
            SELECT FROM limu.record_event e WHERE e.subject = p.subject AND e.record = p.record
                AND e.kind = 'record_withdrawn' AND e.body ? 'case') THEN 'deleted'
        WHEN p.decision = 'published' AND p.shown_until <= limu.register_today() THEN 'expired' END
    FROM limu.publication p WHERE p.subject = whose AND p.record = wanted AND p.known_until = 'infinity'
$$;
