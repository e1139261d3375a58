-- A new version of an item: drafted by one person, published by another, effective from a day (Opinion, item 6).
CREATE TABLE limu.catalogue_draft (
    id uuid PRIMARY KEY,
    code text NOT NULL CHECK (code ~ '^[a-z][a-z0-9_]{1,40}$'),
    version integer NOT NULL CHECK (version >= 1),
    definition jsonb NOT NULL,
    reason text NOT NULL CHECK (btrim(reason) <> ''),
    drafted_by uuid NOT NULL REFERENCES limu.officer,
    drafted_at timestamptz NOT NULL DEFAULT limu.register_now(),
    settled_by uuid REFERENCES limu.officer,
    settled_at timestamptz,
    is_published boolean,
    CHECK ((settled_by IS NULL) = (settled_at IS NULL) AND (settled_by IS NULL) = (is_published IS NULL))
);
-- One draft of an item at a time: two at once would be the same version.
CREATE UNIQUE INDEX catalogue_draft_open ON limu.catalogue_draft (code) WHERE settled_by IS NULL;

CREATE FUNCTION limu.refuse_own_draft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.settled_by IS NOT NULL
        OR (NEW.id, NEW.code, NEW.version, NEW.definition, NEW.reason, NEW.drafted_by)
           IS DISTINCT FROM (OLD.id, OLD.code, OLD.version, OLD.definition, OLD.reason, OLD.drafted_by)) THEN
        RAISE EXCEPTION 'a draft is settled once and never rewritten' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.is_published AND (SELECT count(DISTINCT person) FROM limu.officer
                             WHERE id IN (NEW.drafted_by, NEW.settled_by)) < 2 THEN
        RAISE EXCEPTION 'a draft is published by another person' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER catalogue_draft_two_people BEFORE INSERT OR UPDATE ON limu.catalogue_draft
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_own_draft();
CREATE TRIGGER catalogue_draft_no_delete BEFORE DELETE OR TRUNCATE ON limu.catalogue_draft
    EXECUTE FUNCTION limu.refuse_change();

-- What the words of an item may not say, whoever writes it: every field is typed public or closed, none with a class of
-- personal data is public, and the columns repeat the definition's own basis, kind and subjects.
CREATE FUNCTION limu.refuse_unlawful_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM jsonb_array_elements(NEW.definition -> 'fields') f
               WHERE coalesce(f ->> 'publicity', '') NOT IN ('public', 'closed')) THEN
        RAISE EXCEPTION 'every field is typed public or closed' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM jsonb_array_elements(NEW.definition -> 'fields') f
               WHERE f ->> 'publicity' = 'public' AND coalesce(f ->> 'personal', '') <> 'none') THEN
        RAISE EXCEPTION 'a field with personal data is not public' USING ERRCODE = 'check_violation';
    END IF;
    -- The other spelling of two kinds that the table's own list closes (limu/law/statute.py).
    IF NEW.kind IN ('biometric', 'person') THEN
        RAISE EXCEPTION 'this kind of information is not collected' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.basis <> ARRAY(SELECT jsonb_array_elements_text(NEW.definition -> 'basis'))
       OR NEW.kind <> NEW.definition ->> 'information_kind' OR NEW.code <> NEW.definition ->> 'code'
       OR NEW.version <> (NEW.definition ->> 'version')::integer
       OR NEW.subject_kinds <> ARRAY(SELECT jsonb_array_elements_text(NEW.definition -> 'subject_kinds')) THEN
        RAISE EXCEPTION 'an item says one thing in its columns and another in its definition'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER catalogue_item_lawful BEFORE INSERT ON limu.catalogue_item
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_unlawful_item();
GRANT SELECT, INSERT ON limu.catalogue_draft TO limu_app;
GRANT UPDATE (settled_by, settled_at, is_published) ON limu.catalogue_draft TO limu_app;
