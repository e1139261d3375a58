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

-- The only way to erase: a leaf's salt is overwritten, and the leaf can never be opened again (PIPL 47; trust.md 1.6).
-- Only the owner may run it; erasure is its own act with its own people, and a later issue gives it its door.
CREATE FUNCTION limu.erase_salt(block_id uuid, salt_place integer) RETURNS void
LANGUAGE sql AS $$
    UPDATE limu.log_salt SET salts = overlay(salts PLACING decode(repeat('00', 32), 'hex') FROM salt_place * 32 + 1 FOR 32)
    WHERE block = block_id
$$;
REVOKE ALL ON FUNCTION limu.erase_salt(uuid, integer) FROM PUBLIC;
GRANT SELECT ON limu.record_event TO limu_app;
