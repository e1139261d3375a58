-- What officers add to the law of a deployment, and confirm of it, is an event of the public log: written in the
-- transaction of the act, sealed like an event of a record, given its place by the same sequencer. It names the office,
-- never a person (trust.md I12), so its opening is public and nothing of it need ever be erased.
CREATE TABLE limu.law_event (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('law_added', 'law_confirmed')),
    rule_key text NOT NULL,
    body jsonb NOT NULL,
    recorded_at timestamptz NOT NULL,
    salt bytea NOT NULL CHECK (octet_length(salt) = 32),
    commitment bytea NOT NULL CHECK (octet_length(commitment) = 32),
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX law_event_of_rule ON limu.law_event (split_part(rule_key, '#', 1), kind);
CREATE TRIGGER law_event_append_only BEFORE UPDATE OR DELETE ON limu.law_event
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON limu.law_event
    FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_change();
GRANT SELECT ON limu.law_event TO limu_app, limu_sequencer, limu_publisher;
GRANT INSERT (id, kind, rule_key, body, recorded_at, salt, commitment) ON limu.law_event TO limu_app;

CREATE FUNCTION limu.refuse_unlogged_law() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM limu.law_event e WHERE split_part(e.rule_key, '#', 1) = split_part(NEW.rule_key, '#', 1)
                   AND e.rule_key = NEW.rule_key AND e.kind = TG_ARGV[0] AND e.transaction = pg_current_xact_id()) THEN
        RAISE EXCEPTION 'what is added to the law, or confirmed of it, is an event of the log' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER law_addition_is_logged AFTER INSERT ON limu.law_addition DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_unlogged_law('law_added');
CREATE CONSTRAINT TRIGGER law_confirmation_is_logged AFTER INSERT ON limu.law_confirmation DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_unlogged_law('law_confirmed');
