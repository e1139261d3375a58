-- A wish for a hearing is taken back by who asked: in the portal by the subject alone, one handed in by what it hands in.
-- The hearing is over then; the days in which it may be asked for run as they ran, and no decision comes before their end
-- (`decided_after_hearing`), as if nobody had asked. Within them it may be asked for again.
ALTER TABLE limu.list_entry
    ADD COLUMN hearing_is_own boolean,
    ADD COLUMN hearing_withdrawn_on date,
    ADD CONSTRAINT withdrawn_is_not_asked CHECK (hearing_withdrawn_on IS NULL OR hearing_asked_on IS NULL);
-- What was asked for before is known by its step; no step is taken here.
ALTER TABLE limu.list_entry DISABLE TRIGGER USER;
UPDATE limu.list_entry e SET hearing_is_own = EXISTS (
    SELECT FROM limu.list_step s WHERE s.entry = e.id AND s.kind = 'hearing_request' AND s.agent IS NOT NULL)
WHERE e.hearing_asked_on IS NOT NULL;
ALTER TABLE limu.list_entry ENABLE TRIGGER USER;

ALTER TABLE limu.list_step DROP CONSTRAINT list_step_kind_check,
    ADD CONSTRAINT list_step_kind_check CHECK (kind IN ('notice', 'statement', 'hearing_request', 'hearing_withdrawal',
        'hearing_notice', 'hearing_minutes', 'decision', 'service', 'refusal', 'exit')),
    DROP CONSTRAINT agents_only_state,
    ADD CONSTRAINT agents_only_state CHECK (
        agent IS NULL OR kind IN ('statement', 'hearing_request', 'hearing_withdrawal'));
DROP INDEX limu.list_step_once;
CREATE UNIQUE INDEX list_step_once ON limu.list_step (entry, kind)
    WHERE kind NOT IN ('statement', 'hearing_request', 'hearing_withdrawal', 'hearing_notice');

CREATE OR REPLACE FUNCTION limu.take_list_step() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
DECLARE e limu.list_entry; provides boolean;
BEGIN
    SELECT * INTO e FROM limu.list_entry WHERE id = NEW.entry FOR UPDATE;
    SELECT k.hearing IS NOT NULL INTO provides FROM limu.listing_kind k WHERE k.code = e.list;
    IF e.department <> NEW.department THEN
        RAISE EXCEPTION 'a step belongs to the department of its entry' USING ERRCODE = 'check_violation';
    END IF;
    IF e.exited_on IS NOT NULL THEN
        RAISE EXCEPTION 'the entry has ended' USING ERRCODE = 'check_violation';
    END IF;
    IF (CASE NEW.kind WHEN 'statement' THEN e.noticed_on IS NULL OR e.decided_on IS NOT NULL
                      WHEN 'hearing_request' THEN e.hearing_until IS NULL OR e.hearing_asked_on IS NOT NULL OR e.decided_on IS NOT NULL
                      WHEN 'hearing_withdrawal' THEN e.hearing_asked_on IS NULL OR e.heard_on IS NOT NULL OR e.decided_on IS NOT NULL
                      WHEN 'hearing_notice' THEN e.hearing_asked_on IS NULL OR e.heard_on IS NOT NULL OR e.decided_on IS NOT NULL
                      WHEN 'hearing_minutes' THEN e.hearing_on IS NULL OR e.decided_on IS NOT NULL
                      WHEN 'decision' THEN e.noticed_on IS NULL
                      WHEN 'service' THEN e.decided_on IS NULL
                      WHEN 'exit' THEN e.served_on IS NULL
                      WHEN 'refusal' THEN e.decided_on IS NOT NULL END) THEN
        RAISE EXCEPTION 'step % is out of order', NEW.kind USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind = 'notice' AND provides AND NEW.hearing_until_day IS NULL THEN
        RAISE EXCEPTION 'the rule of the list provides a hearing: the notice names until when' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind IN ('decision', 'refusal') AND NEW.person = e.proposed_by THEN
        RAISE EXCEPTION 'an entry is decided by a second person' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind = 'hearing_minutes' AND NEW.person = e.proposed_by THEN
        RAISE EXCEPTION 'a hearing is presided by somebody who did not propose' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind = 'hearing_withdrawal' AND NEW.agent IS NULL AND e.hearing_is_own THEN
        RAISE EXCEPTION 'a wish of the subject''s own is withdrawn by the subject' USING ERRCODE = 'check_violation';
    END IF;
    UPDATE limu.list_entry SET
        noticed_on = CASE WHEN NEW.kind = 'notice' THEN NEW.on_day ELSE noticed_on END,
        statement_until = CASE WHEN NEW.kind = 'notice' THEN NEW.until_day ELSE statement_until END,
        hearing_until = CASE WHEN NEW.kind = 'notice' THEN NEW.hearing_until_day ELSE hearing_until END,
        stated_on = CASE WHEN NEW.kind = 'statement' THEN NEW.on_day ELSE stated_on END,
        hearing_asked_on = CASE NEW.kind WHEN 'hearing_request' THEN NEW.on_day WHEN 'hearing_withdrawal' THEN NULL ELSE hearing_asked_on END,
        hearing_is_own = CASE NEW.kind WHEN 'hearing_request' THEN NEW.agent IS NOT NULL WHEN 'hearing_withdrawal' THEN NULL ELSE hearing_is_own END,
        hearing_withdrawn_on = CASE NEW.kind WHEN 'hearing_withdrawal' THEN NEW.on_day WHEN 'hearing_request' THEN NULL ELSE hearing_withdrawn_on END,
        hearing_on = CASE NEW.kind WHEN 'hearing_notice' THEN NEW.until_day WHEN 'hearing_withdrawal' THEN NULL ELSE hearing_on END,
        heard_on = CASE WHEN NEW.kind = 'hearing_minutes' THEN NEW.on_day ELSE heard_on END,
        decided_on = CASE WHEN NEW.kind = 'decision' THEN NEW.on_day ELSE decided_on END,
        decided_by = CASE WHEN NEW.kind = 'decision' THEN NEW.person ELSE decided_by END,
        decision_document = CASE WHEN NEW.kind = 'decision' THEN NEW.document_number ELSE decision_document END,
        ends_on = CASE WHEN NEW.kind = 'decision' THEN NEW.until_day ELSE ends_on END,
        served_on = CASE WHEN NEW.kind = 'service' THEN NEW.on_day ELSE served_on END,
        exited_on = CASE WHEN NEW.kind IN ('exit', 'refusal') THEN NEW.on_day ELSE exited_on END,
        exit_kind = CASE WHEN NEW.kind = 'exit' THEN NEW.exit_kind WHEN NEW.kind = 'refusal' THEN 'refused' ELSE exit_kind END
    WHERE id = NEW.entry;
    RETURN NULL;
END $$;
