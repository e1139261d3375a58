-- Events of the law stand in the same order as those of records; each is kept with the way from its leaf to the root of
-- the head under which it entered, so that a public page proves it at once however long the log grows.
ALTER TABLE limu.log_sequence ALTER COLUMN subject DROP NOT NULL, ALTER COLUMN record DROP NOT NULL,
    ADD CONSTRAINT of_a_record_or_of_the_law CHECK ((subject IS NULL) = (record IS NULL));
CREATE TABLE limu.law_proof (
    event uuid PRIMARY KEY REFERENCES limu.law_event,
    size bigint NOT NULL REFERENCES limu.log_head,
    path bytea NOT NULL CHECK (octet_length(path) % 32 = 0)
);
CREATE TRIGGER law_proof_append_only BEFORE UPDATE OR DELETE ON limu.law_proof
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON limu.law_proof
    FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_change();
-- The page that shows the proof is kept under the register's version.
CREATE TRIGGER law_proof_moves_version AFTER INSERT ON limu.law_proof
    FOR EACH STATEMENT EXECUTE FUNCTION limu.move_version();
GRANT SELECT, INSERT ON limu.law_proof TO limu_sequencer;
GRANT SELECT ON limu.law_proof TO limu_app;
GRANT SELECT ON limu.log_sequence, limu.log_head, limu.law_proof TO limu_publisher;
CREATE VIEW shown.law_event AS
    SELECT e.id, e.kind, e.rule_key, e.body, e.recorded_at, e.salt, s.position, s.leaf_hash, p.size, h.root, p.path
    FROM limu.law_event e
    LEFT JOIN (limu.log_sequence s JOIN limu.law_proof p ON p.event = s.event JOIN limu.log_head h ON h.size = p.size)
        ON s.event = e.id;
ALTER VIEW shown.law_event OWNER TO limu_publisher;
GRANT SELECT ON shown.law_event TO limu_web, limu_app;
