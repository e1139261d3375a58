-- A subject takes its own objection back as it made it: an act of no officer, its case names the agent.
ALTER TABLE limu.record_event
    DROP CONSTRAINT record_event_check,
    ADD CONSTRAINT record_event_check
        CHECK (cardinality(officers) >= 1 OR kind IN ('record_disputed', 'record_undisputed'));
