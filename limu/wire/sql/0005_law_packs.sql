-- Packs in the order they were taken in; the pages tell which one is in force, and what this deployment added itself.
ALTER TABLE limu.law_pack
    ADD COLUMN issued_on date NOT NULL,
    ADD COLUMN place integer GENERATED ALWAYS AS IDENTITY UNIQUE,
    ADD COLUMN drafted_by uuid REFERENCES limu.person,
    ADD COLUMN confirmed_by uuid REFERENCES limu.person,
    ADD CONSTRAINT two_people_or_none CHECK (drafted_by <> confirmed_by AND (drafted_by IS NULL) = (confirmed_by IS NULL));
-- An older pack never follows a newer one, whoever writes it and however they got here.
CREATE FUNCTION limu.refuse_older_pack() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM limu.law_pack WHERE issued_on > NEW.issued_on) THEN
        RAISE EXCEPTION 'a newer law pack is in force' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER law_pack_goes_forward BEFORE INSERT ON limu.law_pack
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_older_pack();
CREATE TRIGGER law_pack_moves_version AFTER INSERT ON limu.law_pack
    FOR EACH STATEMENT EXECUTE FUNCTION limu.move_version();
ALTER TABLE limu.law_addition
    ADD COLUMN hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    ADD COLUMN chain bytea NOT NULL CHECK (octet_length(chain) = 32),
    ADD COLUMN place integer GENERATED ALWAYS AS IDENTITY UNIQUE;
CREATE TRIGGER law_addition_append_only BEFORE UPDATE OR DELETE ON limu.law_addition
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
GRANT SELECT ON limu.law_pack, limu.officer TO limu_publisher;
CREATE VIEW shown.law_pack AS
    SELECT place, hash, version, signed_by, issued_on, taken_in_at, body FROM limu.law_pack;
-- Who added: the office, never a person (trust.md I12); the officer stands in the table.
DROP VIEW shown.law_addition;
CREATE VIEW shown.law_addition AS
    SELECT a.place, a.rule_key, a.difference, a.article, a.address, a.body ->> 'text' AS text, a.hash, a.chain,
           d.name AS department, a.added_at
    FROM limu.law_addition a JOIN limu.officer o ON o.id = a.added_by JOIN limu.department d ON d.id = o.department;
ALTER VIEW shown.law_pack OWNER TO limu_publisher;
ALTER VIEW shown.law_addition OWNER TO limu_publisher;
GRANT SELECT ON shown.law_pack, shown.law_addition TO limu_web, limu_app;
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON limu.law_addition
    FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_change();
