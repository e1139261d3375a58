-- What may be collected. Nothing outside this table can enter a credit record (Opinion, item 6).
CREATE TABLE limu.catalogue_item (
    code text NOT NULL CHECK (code ~ '^[a-z][a-z0-9_]{1,40}$'),
    version integer NOT NULL CHECK (version >= 1),
    name text NOT NULL,
    class_number smallint NOT NULL CHECK (class_number BETWEEN 1 AND 13),
    -- Keys of articles in the law book; an item without a basis cannot be stored.
    basis text[] NOT NULL CHECK (cardinality(basis) >= 1 AND NOT ('' = ANY (basis)) AND array_position(basis, NULL) IS NULL),
    -- Forbidden kinds are closed here and in limu/law/check.py, not in data (issue 2, 2).
    kind text NOT NULL DEFAULT 'organisation_conduct' CHECK (kind NOT IN ('petition', 'speech', 'belief', 'health',
        'consumption', 'biometrics', 'natural_person', 'family', 'location')),
    subject_kinds text[] NOT NULL CHECK (NOT (subject_kinds && ARRAY['natural_person', 'person'])),
    is_adverse boolean NOT NULL,
    definition jsonb NOT NULL,
    in_force_from date NOT NULL,
    in_force_until date,
    drafted_by uuid NOT NULL,
    confirmed_by uuid NOT NULL CHECK (confirmed_by <> drafted_by),
    added_at timestamptz NOT NULL DEFAULT limu.register_now(),
    PRIMARY KEY (code, version),
    CHECK (in_force_until IS NULL OR in_force_until > in_force_from)
);
CREATE TRIGGER catalogue_item_append_only BEFORE UPDATE OR DELETE ON limu.catalogue_item
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();

-- A department files only its own items (Opinion, item 8).
CREATE TABLE limu.item_owner (
    item text NOT NULL,
    department uuid NOT NULL REFERENCES limu.department,
    PRIMARY KEY (item, department)
);
GRANT SELECT, INSERT ON limu.catalogue_item, limu.item_owner TO limu_app;
GRANT SELECT ON limu.catalogue_item TO limu_publisher;
