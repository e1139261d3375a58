-- Cases between a subject and the body that decided. The subject of a portal session sees its own by limu.subject,
-- which case/store.py:enter_subject sets with SET LOCAL, and nowhere else.
CREATE FUNCTION limu.current_subject() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT nullif(current_setting('limu.subject', true), '')::uuid $$;

-- The arrows of a case, the same as case/rules.py MOVES (a house test compares them): any other is refused.
CREATE TABLE limu.case_move (
    kind text NOT NULL,
    step text NOT NULL,
    before text NOT NULL,
    after text NOT NULL,
    PRIMARY KEY (kind, step, before, after)
);
INSERT INTO limu.case_move
SELECT kind, step, split_part(arrow, '>', 1), split_part(arrow, '>', 2)
FROM (VALUES
    ('objection', 'open', '>received'),
    ('objection', 'accept', 'received>checking'),
    ('objection', 'stop', 'checking>checking'),
    ('objection', 'resume', 'checking>checking'),
    ('objection', 'extend', 'checking>checking'),
    ('objection', 'propose', 'received>proposed checking>proposed'),
    ('objection', 'return', 'proposed>checking'),
    ('objection', 'confirm', 'proposed>corrected proposed>deleted proposed>kept proposed>not_accepted'),
    ('objection', 'withdraw', 'received>withdrawn checking>withdrawn proposed>withdrawn'),
    ('objection', 'appeal', 'kept>appealed not_accepted>appealed corrected>appealed'),
    ('objection', 'uphold_appeal', 'appealed>checking'),
    ('objection', 'dismiss_appeal', 'appealed>kept appealed>not_accepted appealed>corrected'),
    ('repair', 'open', '>received'),
    ('repair', 'accept', 'received>checking'),
    ('repair', 'ask_gaps', 'received>gaps'),
    ('repair', 'supplement', 'gaps>received'),
    ('repair', 'stop', 'checking>checking'),
    ('repair', 'resume', 'checking>checking'),
    ('repair', 'extend', 'checking>checking'),
    ('repair', 'propose', 'received>proposed checking>proposed'),
    ('repair', 'return', 'proposed>checking'),
    ('repair', 'confirm', 'proposed>granted proposed>refused proposed>not_accepted'),
    ('repair', 'withdraw', 'received>withdrawn gaps>withdrawn checking>withdrawn proposed>withdrawn'),
    ('repair', 'above', 'received>closed gaps>closed checking>closed proposed>closed'),
    ('repair', 'receipt', 'granted>closed'),
    ('repair', 'annul', 'granted>void closed>void'),
    ('repair', 'appeal', 'refused>appealed not_accepted>appealed'),
    ('repair', 'uphold_appeal', 'appealed>checking'),
    ('repair', 'dismiss_appeal', 'appealed>refused appealed>not_accepted')
) AS told (kind, step, arrows), regexp_split_to_table(arrows, ' ') AS arrow;
GRANT SELECT ON limu.case_move TO limu_app;

-- One application of a subject, through whichever door it came; one receipt, a case for each record.
CREATE TABLE limu.application (
    id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('objection', 'repair')),
    subject uuid NOT NULL REFERENCES limu.subject,
    door text NOT NULL CHECK (door IN ('portal', 'above', 'window')),
    -- The receipt of the platform above; the same application sent twice is one.
    outside_number text CHECK ((outside_number IS NOT NULL) = (door = 'above')),
    agent text NOT NULL CHECK (agent <> ''),
    received_at timestamptz NOT NULL DEFAULT limu.register_now()
);
CREATE UNIQUE INDEX application_outside ON limu.application (outside_number) WHERE outside_number IS NOT NULL;
CREATE INDEX application_of_subject ON limu.application (subject, received_at);

CREATE TABLE limu.case_file (
    id uuid PRIMARY KEY,
    application uuid NOT NULL REFERENCES limu.application,
    number text NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('objection', 'repair')),
    door text NOT NULL,
    subject uuid NOT NULL REFERENCES limu.subject,
    department uuid NOT NULL REFERENCES limu.department,
    -- What it is about: a record, or an entry of a list that rests on no reported record.
    record uuid,
    entry uuid,
    -- The person who entered the record: an objection is handled by others (trust.md 2, case 2).
    author uuid REFERENCES limu.person,
    reason text NOT NULL,
    state text NOT NULL DEFAULT '',
    opened_at timestamptz NOT NULL DEFAULT limu.register_now(),
    opened_on date NOT NULL DEFAULT limu.register_today(),
    accepted_on date,
    proposed_by uuid REFERENCES limu.person,
    proposed_outcome text,
    decided_on date,
    outcome text,
    CHECK (num_nonnulls(record, entry) = 1)
);
CREATE INDEX case_of_department ON limu.case_file (department, opened_at, id);
CREATE INDEX case_of_subject ON limu.case_file (subject, opened_at);
CREATE INDEX case_of_record ON limu.case_file (record);
-- One open case of a kind about one thing.
CREATE UNIQUE INDEX case_open_once ON limu.case_file (kind, coalesce(record, entry), subject)
    WHERE state IN ('', 'received', 'gaps', 'checking', 'proposed', 'appealed');

CREATE TABLE limu.case_step (
    id uuid PRIMARY KEY,
    case_file uuid NOT NULL REFERENCES limu.case_file,
    department uuid NOT NULL,
    subject uuid NOT NULL,
    kind text NOT NULL,
    before text NOT NULL,
    after text NOT NULL,
    on_day date NOT NULL DEFAULT limu.register_today(),
    officer uuid REFERENCES limu.officer,
    person uuid REFERENCES limu.person,
    agent text,
    outcome text,
    -- Grounds of a refusal with page and next step, the due day that was kept or missed, the rule behind an extension.
    body jsonb NOT NULL DEFAULT '{}',
    reason text NOT NULL DEFAULT '',
    citation text NOT NULL DEFAULT '',
    recorded_at timestamptz NOT NULL DEFAULT limu.register_now(),
    number integer NOT NULL,
    UNIQUE (case_file, number),
    CONSTRAINT somebody_acts CHECK (num_nonnulls(officer, agent) = 1 AND (officer IS NULL) = (person IS NULL)),
    CONSTRAINT reasons_are_given CHECK (kind NOT IN ('stop', 'extend', 'propose', 'return', 'appeal', 'uphold_appeal',
        'dismiss_appeal', 'annul', 'ask_gaps') OR btrim(reason) <> ''),
    CONSTRAINT decisions_have_an_outcome CHECK ((outcome IS NOT NULL) = (kind IN ('propose', 'confirm'))),
    CONSTRAINT refusals_name_a_ground CHECK (kind <> 'propose' OR outcome <> 'refused'
        OR jsonb_array_length(coalesce(body -> 'grounds', '[]')) >= 1)
);
CREATE UNIQUE INDEX case_step_once ON limu.case_step (case_file, kind) WHERE kind IN ('open', 'ask_gaps', 'extend', 'appeal');

-- A step moves its case on, or is refused; who comes second meets another state. What a trigger may not see is nothing.
CREATE FUNCTION limu.take_case_step() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
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
    IF NEW.officer IS NULL AND NEW.kind NOT IN ('open', 'supplement', 'withdraw', 'appeal') THEN
        RAISE EXCEPTION 'step % is an officer''s', NEW.kind USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind IN ('confirm', 'return') AND NEW.person = c.proposed_by THEN
        RAISE EXCEPTION 'a decision is confirmed by a second person' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind = 'confirm' AND (NEW.outcome IS DISTINCT FROM c.proposed_outcome OR NEW.outcome <> NEW.after) THEN
        RAISE EXCEPTION 'what is confirmed is what was proposed' USING ERRCODE = 'check_violation';
    END IF;
    IF c.kind = 'objection' AND NEW.person = c.author AND NEW.kind IN ('accept', 'propose', 'return', 'confirm') THEN
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
CREATE TRIGGER case_step_taken AFTER INSERT ON limu.case_step FOR EACH ROW EXECUTE FUNCTION limu.take_case_step();
CREATE TRIGGER case_step_append_only BEFORE UPDATE OR DELETE ON limu.case_step
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER case_file_by_steps BEFORE UPDATE ON limu.case_file
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_bare_change();
CREATE TRIGGER case_file_no_delete BEFORE DELETE OR TRUNCATE ON limu.case_file
    FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_change();

-- A case begins empty; its first step brings it to its first state.
CREATE FUNCTION limu.begin_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> '' OR num_nonnulls(NEW.accepted_on, NEW.proposed_by, NEW.proposed_outcome, NEW.decided_on, NEW.outcome) > 0 THEN
        RAISE EXCEPTION 'a case begins with its first step' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER case_begins BEFORE INSERT ON limu.case_file FOR EACH ROW EXECUTE FUNCTION limu.begin_case();

-- A document: where its encrypted content lies, and what it is for. A third material needs its rule.
CREATE TABLE limu.case_document (
    id uuid PRIMARY KEY,
    case_file uuid NOT NULL REFERENCES limu.case_file,
    department uuid NOT NULL,
    subject uuid NOT NULL,
    role text NOT NULL CHECK (role IN ('performance_proof', 'commitment', 'other', 'evidence', 'ruling', 'decision')),
    name text NOT NULL CHECK (name <> ''),
    file_hash bytea NOT NULL CHECK (octet_length(file_hash) = 32),
    bytes bigint NOT NULL CHECK (bytes > 0),
    cited_rule text NOT NULL DEFAULT '',
    brought_by text NOT NULL,
    brought_at timestamptz NOT NULL DEFAULT limu.register_now(),
    CONSTRAINT third_material_by_rule CHECK (role <> 'other' OR btrim(cited_rule) <> '')
);
CREATE INDEX case_document_of ON limu.case_document (case_file);

-- Letters and notices: to the subject, or to another body. Their service is a row of its own.
CREATE TABLE limu.letter (
    id uuid PRIMARY KEY,
    case_file uuid REFERENCES limu.case_file,
    -- Who writes, and to whom.
    department uuid NOT NULL REFERENCES limu.department,
    subject uuid REFERENCES limu.subject,
    to_department uuid REFERENCES limu.department,
    kind text NOT NULL CHECK (kind ~ '^[a-z_]+$'),
    number text NOT NULL UNIQUE,
    title text NOT NULL CHECK (title <> ''),
    lines text[] NOT NULL CHECK (lines <> '{}'),
    record uuid,
    issued_at timestamptz NOT NULL DEFAULT limu.register_now(),
    issued_on date NOT NULL DEFAULT limu.register_today(),
    -- An answer is asked for by this day.
    answer_by date,
    CHECK (num_nonnulls(subject, to_department) = 1)
);
CREATE INDEX letter_to_subject ON limu.letter (subject, issued_at) WHERE subject IS NOT NULL;
CREATE INDEX letter_to_department ON limu.letter (to_department, issued_at) WHERE to_department IS NOT NULL;
CREATE INDEX letter_of_case ON limu.letter (case_file);
CREATE INDEX letter_about ON limu.letter (record, kind);
CREATE TABLE limu.letter_service (
    letter uuid PRIMARY KEY REFERENCES limu.letter,
    department uuid NOT NULL,
    subject uuid,
    to_department uuid,
    on_day date NOT NULL,
    way text NOT NULL CHECK (way IN ('portal', 'post', 'in_person', 'electronic', 'announcement')),
    by text NOT NULL CHECK (by <> ''),
    recorded_at timestamptz NOT NULL DEFAULT limu.register_now(),
    CHECK (on_day <= limu.register_today())
);

DO $$
DECLARE t text; own text;
BEGIN
    FOREACH t IN ARRAY ARRAY['case_file', 'case_step', 'case_document', 'letter', 'letter_service'] LOOP
        own := 'department = (SELECT limu.current_department()) OR subject = (SELECT limu.current_subject()) OR (SELECT limu.reaches_all())'
            || CASE WHEN t LIKE 'letter%' THEN ' OR to_department = (SELECT limu.current_department())' ELSE '' END;
        EXECUTE format('ALTER TABLE limu.%I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE limu.%I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY of_the_parties ON limu.%I TO limu_app USING (%s)', t, own);
        EXECUTE format('CREATE POLICY for_steps ON limu.%I TO limu_owner USING (true)', t);
        EXECUTE format('CREATE POLICY for_public_views ON limu.%I FOR SELECT TO limu_publisher USING (true)', t);
        EXECUTE format('GRANT SELECT, INSERT ON limu.%I TO limu_app', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['case_document', 'letter', 'letter_service', 'application'] LOOP
        EXECUTE format('CREATE TRIGGER %1$s_append_only BEFORE UPDATE OR DELETE ON limu.%1$I FOR EACH ROW EXECUTE FUNCTION limu.refuse_change()', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['case_step', 'case_document', 'letter', 'letter_service', 'application'] LOOP
        EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON limu.%I FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_change()', t);
    END LOOP;
END $$;
-- Issuing a letter to a subject or a body outside the writer's rows: the insert is checked against who writes.
ALTER TABLE limu.application ENABLE ROW LEVEL SECURITY;
ALTER TABLE limu.application FORCE ROW LEVEL SECURITY;
-- An application is read through its cases; it may be written by whoever may open one.
CREATE POLICY of_the_parties ON limu.application TO limu_app
    USING (subject = (SELECT limu.current_subject()) OR (SELECT limu.reaches_all()) OR EXISTS (
        SELECT FROM limu.case_file c WHERE c.application = application.id))
    WITH CHECK (true);
CREATE POLICY for_steps ON limu.application TO limu_owner USING (true);
GRANT SELECT, INSERT ON limu.application TO limu_app;
GRANT SELECT ON limu.case_file, limu.case_step TO limu_publisher;

-- Whose decision a subject's own record or list entry is: what a portal session may ask before it enters that body's rows.
CREATE FUNCTION shown.body_of_own(wanted uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = limu, pg_temp AS $$
    SELECT department FROM limu.record WHERE id = wanted AND subject = limu.current_subject()
    UNION ALL
    SELECT department FROM limu.list_entry WHERE id = wanted AND subject = limu.current_subject()
    LIMIT 1
$$;
ALTER FUNCTION shown.body_of_own OWNER TO limu_publisher;
REVOKE ALL ON FUNCTION shown.body_of_own FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shown.body_of_own TO limu_app;
-- The person who entered a record: an objection to it goes to somebody else.
CREATE FUNCTION shown.author_of(wanted uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = limu, pg_temp AS $$
    SELECT o.person FROM limu.record r JOIN limu.submission s ON s.id = r.submission
    JOIN limu.officer o ON o.id = s.officer WHERE r.id = wanted
$$;
GRANT SELECT (id, person) ON limu.officer TO limu_publisher;
ALTER FUNCTION shown.author_of OWNER TO limu_publisher;
REVOKE ALL ON FUNCTION shown.author_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shown.author_of TO limu_app;

INSERT INTO limu.purpose VALUES ('case_watch', '信用中心查看异议和修复办件', '《信用修复管理办法》第三章');
