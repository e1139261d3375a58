-- A hearing (听证) before an entry, where the rule of the list provides one (行政处罚法 63, 64): the subject may ask for it
-- within days from the notice, the body fixes a day and tells the subject beforehand, somebody other than the proposer
-- presides and writes the minutes, and only then is it decided. A list without such a rule goes on as before.
ALTER TABLE limu.listing_kind
    ADD COLUMN hearing text REFERENCES limu.measure_basis (article),
    ADD COLUMN hearing_days integer CHECK (hearing_days >= 1),
    ADD COLUMN hearing_notice_days integer CHECK (hearing_notice_days >= 1),
    ADD CONSTRAINT hearing_is_whole CHECK (num_nonnulls(hearing, hearing_days, hearing_notice_days) IN (0, 3));

ALTER TABLE limu.list_entry
    ADD COLUMN hearing_until date,
    ADD COLUMN hearing_asked_on date,
    ADD COLUMN hearing_on date,
    ADD COLUMN heard_on date,
    ADD CONSTRAINT hearing_after_notice CHECK (hearing_until > noticed_on),
    ADD CONSTRAINT hearing_asked_in_time CHECK (hearing_asked_on <= hearing_until),
    ADD CONSTRAINT hearing_on_wish CHECK (hearing_on IS NULL OR hearing_asked_on IS NOT NULL),
    ADD CONSTRAINT heard_on_its_day CHECK (heard_on IS NULL OR (hearing_on IS NOT NULL AND heard_on >= hearing_on)),
    ADD CONSTRAINT decided_after_hearing CHECK (
        decided_on IS NULL OR hearing_until IS NULL OR (heard_on IS NOT NULL AND decided_on >= heard_on)
        OR (hearing_asked_on IS NULL AND decided_on > hearing_until));

ALTER TABLE limu.list_step DROP CONSTRAINT list_step_kind_check,
    ADD COLUMN hearing_until_day date,
    ADD CONSTRAINT list_step_kind_check CHECK (kind IN ('notice', 'statement', 'hearing_request', 'hearing_notice',
        'hearing_minutes', 'decision', 'service', 'refusal', 'exit')),
    DROP CONSTRAINT agents_only_state,
    ADD CONSTRAINT agents_only_state CHECK (agent IS NULL OR kind IN ('statement', 'hearing_request')),
    ADD CONSTRAINT hearing_window_in_the_notice CHECK (hearing_until_day IS NULL OR kind = 'notice'),
    ADD CONSTRAINT hearing_notice_names_a_day CHECK (
        kind <> 'hearing_notice' OR (until_day IS NOT NULL AND until_day > on_day));
-- A hearing may be put off: its day is fixed anew by another notice. Every other step but statements is taken once.
DROP INDEX limu.list_step_once;
CREATE UNIQUE INDEX list_step_once ON limu.list_step (entry, kind) WHERE kind NOT IN ('statement', 'hearing_notice');

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
                      WHEN 'hearing_request' THEN e.hearing_until IS NULL OR e.decided_on IS NOT NULL
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
    UPDATE limu.list_entry SET
        noticed_on = CASE WHEN NEW.kind = 'notice' THEN NEW.on_day ELSE noticed_on END,
        statement_until = CASE WHEN NEW.kind = 'notice' THEN NEW.until_day ELSE statement_until END,
        hearing_until = CASE WHEN NEW.kind = 'notice' THEN NEW.hearing_until_day ELSE hearing_until END,
        stated_on = CASE WHEN NEW.kind = 'statement' THEN NEW.on_day ELSE stated_on END,
        hearing_asked_on = CASE WHEN NEW.kind = 'hearing_request' THEN NEW.on_day ELSE hearing_asked_on END,
        hearing_on = CASE WHEN NEW.kind = 'hearing_notice' THEN NEW.until_day ELSE hearing_on END,
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
