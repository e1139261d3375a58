-- Gaps of an objection are named once, as those of a repair; a case may still be decided on what is there. And the
-- answer of the platform above is the receipt of what was decided, which no officer copies by hand: of a repair, and of
-- what was refused of an application from above, whose case is as refused as before.
INSERT INTO limu.case_move VALUES
    ('objection', 'ask_gaps', 'received', 'gaps'),
    ('objection', 'supplement', 'gaps', 'received'),
    ('objection', 'propose', 'gaps', 'proposed'),
    ('objection', 'withdraw', 'gaps', 'withdrawn'),
    ('repair', 'receipt', 'refused', 'refused'),
    ('repair', 'receipt', 'not_accepted', 'not_accepted');

CREATE OR REPLACE FUNCTION limu.take_case_step() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
DECLARE c limu.case_file;
BEGIN
    SELECT * INTO c FROM limu.case_file WHERE id = NEW.case_file FOR UPDATE;
    IF c.department <> NEW.department OR c.subject <> NEW.subject THEN
        RAISE EXCEPTION 'a step belongs to the department and the subject of its case' USING ERRCODE = 'check_violation';
    END IF;
    IF c.state <> NEW.before OR NOT EXISTS (
        SELECT FROM limu.case_move m WHERE m.kind = c.kind AND m.step = NEW.kind AND m.before = NEW.before AND m.after = NEW.after) THEN
        RAISE EXCEPTION 'no step % from % to %', NEW.kind, c.state, NEW.after USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.officer IS NOT NULL AND NEW.kind IN ('accept', 'ask_gaps', 'stop', 'resume', 'extend', 'propose', 'return', 'confirm', 'annul')
       AND NOT EXISTS (SELECT FROM limu.officer o WHERE o.id = NEW.officer AND o.person = NEW.person AND o.department = c.department) THEN
        RAISE EXCEPTION 'who found it decides: an officer of the body itself' USING ERRCODE = 'check_violation';
    END IF;
    -- The answer of the platform above is itself the receipt of what we decided (upward): nobody copies it by hand.
    IF NEW.officer IS NULL AND NEW.kind = 'receipt' AND NOT EXISTS (
        SELECT FROM limu.upward_row u WHERE u.record = c.record AND u.subject = c.subject
          AND (u.reason = 'repaired' OR u.operation = 'answer') AND u.document = c.number AND u.state = 'accepted') THEN
        RAISE EXCEPTION 'a receipt that no officer enters is an answer of the platform above' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.officer IS NULL AND NEW.kind NOT IN ('open', 'supplement', 'withdraw', 'appeal', 'receipt') THEN
        RAISE EXCEPTION 'step % is an officer''s', NEW.kind USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind IN ('confirm', 'return') AND NEW.person = c.proposed_by THEN
        RAISE EXCEPTION 'a decision is confirmed by a second person' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind = 'confirm' AND (NEW.outcome IS DISTINCT FROM c.proposed_outcome OR NEW.outcome <> NEW.after) THEN
        RAISE EXCEPTION 'what is confirmed is what was proposed' USING ERRCODE = 'check_violation';
    END IF;
    IF c.kind = 'objection' AND NEW.person = c.author AND NEW.kind IN ('accept', 'ask_gaps', 'propose', 'return', 'confirm') THEN
        RAISE EXCEPTION 'an objection is handled by someone other than the author' USING ERRCODE = 'check_violation';
    END IF;
    UPDATE limu.case_file SET
        state = NEW.after,
        accepted_on = coalesce(accepted_on, CASE WHEN NEW.kind = 'accept' OR (NEW.kind = 'propose' AND NEW.outcome <> 'not_accepted')
            OR NEW.after = 'checking' THEN NEW.on_day END),
        proposed_by = CASE WHEN NEW.kind = 'propose' THEN NEW.person WHEN NEW.after = 'checking' THEN NULL ELSE proposed_by END,
        proposed_outcome = CASE WHEN NEW.kind = 'propose' THEN NEW.outcome WHEN NEW.after = 'checking' THEN NULL ELSE proposed_outcome END,
        decided_on = CASE WHEN NEW.kind IN ('confirm', 'above') THEN NEW.on_day WHEN NEW.kind = 'uphold_appeal' THEN NULL ELSE decided_on END,
        outcome = CASE WHEN NEW.kind = 'confirm' THEN NEW.outcome WHEN NEW.kind = 'above' THEN 'granted' WHEN NEW.kind = 'uphold_appeal' THEN NULL ELSE outcome END
    WHERE id = NEW.case_file;
    RETURN NULL;
END $$;
