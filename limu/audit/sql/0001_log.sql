-- The order of events in the public log. Only the sequencer writes here; positions have no gap and follow commits.
CREATE TABLE limu.log_sequence (
    position bigint PRIMARY KEY CHECK (position >= 0),
    event uuid NOT NULL UNIQUE,
    subject uuid NOT NULL,
    record uuid NOT NULL,
    leaf_hash bytea NOT NULL CHECK (octet_length(leaf_hash) = 32)
);
-- The hashes of complete left subtrees at a size, so that a new root costs only the new leaves.
CREATE TABLE limu.log_head (
    size bigint PRIMARY KEY,
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    frontier bytea NOT NULL,
    sequenced_at timestamptz NOT NULL DEFAULT limu.register_now()
);
CREATE TRIGGER log_sequence_append_only BEFORE UPDATE OR DELETE ON limu.log_sequence
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER log_head_append_only BEFORE UPDATE OR DELETE ON limu.log_head
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
GRANT SELECT, INSERT ON limu.log_sequence, limu.log_head TO limu_sequencer;
GRANT SELECT ON limu.log_sequence, limu.log_head TO limu_app;
