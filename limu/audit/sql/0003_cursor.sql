-- How far the sequencer has looked: a round reads what was entered since, never the whole history.
-- Every event names the transaction that entered it. Transactions end in any order, so the sequencer goes on from the
-- oldest one that was still under way when it last looked; whatever began before that has ended and has its place.
ALTER TABLE limu.record_event ADD COLUMN entered_in bigint NOT NULL DEFAULT 0;
ALTER TABLE limu.record_event ALTER entered_in SET DEFAULT (pg_current_xact_id()::text::bigint);
ALTER TABLE limu.record_event_rows ALTER entered_in SET DEFAULT (pg_current_xact_id()::text::bigint);
CREATE INDEX record_event_entered ON limu.record_event (entered_in);
GRANT SELECT (entered_in) ON limu.record_event TO limu_sequencer;

-- The application may not say in which transaction it writes: an event dated back would never get its place.
REVOKE INSERT ON limu.record_event FROM limu_app;
GRANT INSERT (id, subject, record, department, kind, effective_on, recorded_at, officers, reason, citation, body,
    commitment, salt_block, salt_index) ON limu.record_event TO limu_app;

-- A state of the sequencer, no act: one row that moves on. Transactions are counted by a server; a database carried to
-- another is looked through from the beginning.
CREATE TABLE limu.log_cursor (
    is_one boolean PRIMARY KEY DEFAULT true CHECK (is_one),
    server bigint NOT NULL,
    entered_in bigint NOT NULL CHECK (entered_in >= 0)
);
INSERT INTO limu.log_cursor (server, entered_in) VALUES (0, 0);
GRANT SELECT, UPDATE (server, entered_in) ON limu.log_cursor TO limu_sequencer;
GRANT SELECT ON limu.log_cursor TO limu_app;
