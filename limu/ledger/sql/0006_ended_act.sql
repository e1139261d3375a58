-- What ended stays ended, whoever sends it and however its number is written. A decision is known by its subject, its
-- item and its number freed of writing: width, brackets, blanks, dashes, 第 and 号, digits in words, leading zeros.
CREATE FUNCTION limu.folded_number(written text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(
        regexp_replace(
            translate(upper(normalize(written, NFKC)), '〇○零一二三四五六七八九第号號', '000123456789'),
            '(^|[^0-9])0+([0-9])', '\1\2', 'g'),
        '[^0-9A-Z㐀-鿿]', '', 'g')
$$;

-- The name of an authority without what nobody means by it.
CREATE FUNCTION limu.squashed(written text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT regexp_replace(normalize(coalesce(written, ''), NFKC), '\s', '', 'g') $$;

-- One row a record that was repaired, revoked, or deleted after an objection; written with its end, never changed. It
-- is read by the two functions below alone: they answer who asks about a row of his own, and tell nobody who ended it.
CREATE TABLE limu.ended_act (
    record uuid PRIMARY KEY,
    subject uuid NOT NULL,
    item text NOT NULL,
    number text NOT NULL,
    filed_by uuid NOT NULL,
    authority text NOT NULL,
    decided_on date
);
CREATE INDEX ended_act_of ON limu.ended_act (subject, item);
GRANT SELECT, INSERT ON limu.ended_act TO limu_publisher;
GRANT SELECT (subject, record, kind, body) ON limu.record_event TO limu_publisher;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON limu.ended_act
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON limu.ended_act FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_change();

CREATE FUNCTION shown.note_ended_acts(those uuid[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
    INSERT INTO limu.ended_act (record, subject, item, number, filed_by, authority, decided_on)
    SELECT r.id, r.subject, r.item, limu.folded_number(r.document_number), r.department,
           limu.squashed(r.authority), r.decided_on
    FROM limu.publication p JOIN limu.record r ON r.subject = p.subject AND r.id = p.record
    WHERE p.known_until = 'infinity' AND p.decision = 'ended' AND (those IS NULL OR p.record = ANY (those))
      AND limu.ended_as(p.subject, p.record) IS NOT NULL AND limu.folded_number(r.document_number) <> ''
    ON CONFLICT DO NOTHING
$$;
CREATE FUNCTION limu.act_ended() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
BEGIN
    PERFORM shown.note_ended_acts(array_agg(record)) FROM entering WHERE decision = 'ended' HAVING count(*) > 0;
    RETURN NULL;
END $$;
ALTER FUNCTION shown.note_ended_acts OWNER TO limu_publisher;
REVOKE ALL ON FUNCTION shown.note_ended_acts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shown.note_ended_acts TO limu_owner;
SELECT shown.note_ended_acts(NULL);
CREATE TRIGGER publication_act_ended AFTER INSERT ON limu.publication
    REFERENCING NEW TABLE AS entering FOR EACH STATEMENT EXECUTE FUNCTION limu.act_ended();

-- Which subjects of a list have an act of an item that ended: most chunks stop here.
CREATE FUNCTION shown.subjects_with_ended(those uuid[], item_is text) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = limu, pg_temp AS $$
    SELECT DISTINCT a.subject FROM limu.ended_act a WHERE a.item = item_is AND a.subject = ANY (those)
$$;
-- The same act under another number, another department or another day: two of number, filer, authority and day agree,
-- the number always among them.
CREATE FUNCTION shown.ended_twin(
    whose uuid, item_is text, number_is text, filer uuid, authority_is text, day date, but uuid
) RETURNS TABLE (record uuid, ended_as text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = limu, pg_temp AS $$
    SELECT a.record, limu.ended_as(a.subject, a.record) FROM limu.ended_act a
    WHERE a.subject = whose AND a.item = item_is AND a.number = limu.folded_number(number_is)
      AND a.record IS DISTINCT FROM but
      AND (a.filed_by = filer OR a.decided_on = day OR nullif(a.authority, '') = limu.squashed(authority_is))
      AND limu.ended_as(a.subject, a.record) IS NOT NULL
    LIMIT 1
$$;
-- The same act where it still stands: what a repair or a revocation takes along, whoever reported it.
CREATE FUNCTION shown.open_twins(whose uuid, wanted uuid) RETURNS TABLE (record uuid, department uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = limu, pg_temp AS $$
    SELECT t.id, t.department FROM limu.record o
    JOIN limu.record t ON t.subject = o.subject AND t.item = o.item AND t.id <> o.id
        AND limu.folded_number(t.document_number) = nullif(limu.folded_number(o.document_number), '')
        AND (t.department = o.department OR t.decided_on = o.decided_on
             OR limu.squashed(t.authority) = nullif(limu.squashed(o.authority), ''))
    JOIN limu.publication p ON p.subject = t.subject AND p.record = t.id AND p.known_until = 'infinity'
    WHERE o.subject = whose AND o.id = wanted AND p.decision <> 'ended' ORDER BY t.id
$$;
ALTER FUNCTION shown.open_twins OWNER TO limu_publisher;
REVOKE ALL ON FUNCTION shown.open_twins FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shown.open_twins TO limu_app;
ALTER FUNCTION shown.subjects_with_ended OWNER TO limu_publisher;
ALTER FUNCTION shown.ended_twin OWNER TO limu_publisher;
REVOKE ALL ON FUNCTION shown.subjects_with_ended, shown.ended_twin FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shown.subjects_with_ended, shown.ended_twin TO limu_app, limu_owner;

-- The last word, from everyone and through every door: what would be shown is not the twin of what ended.
CREATE FUNCTION shown.refuse_twin() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM entering e JOIN limu.ended_act a ON a.subject = e.subject
        JOIN limu.record r ON r.subject = e.subject AND r.id = e.record AND r.item = a.item
        CROSS JOIN LATERAL shown.ended_twin(
            r.subject, r.item, r.document_number, r.department, r.authority, r.decided_on, r.id) t
        WHERE e.decision = 'published'
          -- What was shown already and is marked or unmarked does not begin here.
          AND NOT EXISTS (SELECT FROM limu.publication q WHERE q.subject = e.subject AND q.record = e.record
                          AND q.known_until <> 'infinity' AND q.decision = 'published')) THEN
        RAISE EXCEPTION 'what ended stays ended' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
ALTER FUNCTION shown.refuse_twin OWNER TO limu_publisher;
GRANT EXECUTE ON FUNCTION shown.refuse_twin TO limu_owner;
CREATE TRIGGER publication_no_twin AFTER INSERT ON limu.publication
    REFERENCING NEW TABLE AS entering FOR EACH STATEMENT EXECUTE FUNCTION shown.refuse_twin();
CREATE TRIGGER publication_rows_no_twin AFTER INSERT ON limu.publication_rows
    REFERENCING NEW TABLE AS entering FOR EACH STATEMENT EXECUTE FUNCTION shown.refuse_twin();
