-- Serious lists (严重失信主体名单): no list without the basis of its field and a rule of entry and exit, and no entry
-- without notice, a window for the subject's statement, the decision of a second person, and service.
CREATE TABLE limu.listing_kind (
    code text PRIMARY KEY REFERENCES limu.ground_kind,
    name text NOT NULL UNIQUE,
    field text NOT NULL CHECK (field <> ''),
    shape text NOT NULL CHECK (shape IN ('ordinary', 'court', 'procurement')),
    basis text NOT NULL,
    basis_rank text NOT NULL,
    basis_region text NOT NULL,
    basis_in_force daterange NOT NULL,
    basis_names_affiliates boolean NOT NULL DEFAULT false,
    rule text NOT NULL,
    rule_rank text NOT NULL,
    rule_region text NOT NULL,
    rule_in_force daterange NOT NULL,
    rule_names_affiliates boolean NOT NULL DEFAULT false,
    region text NOT NULL DEFAULT '' CHECK (region ~ '^([0-9]{6})?$'),
    during daterange NOT NULL,
    statement_days integer NOT NULL CHECK (statement_days >= 1),
    term interval CHECK (term > '0'),
    early interval CHECK (early >= '0'),
    is_confirmed boolean NOT NULL DEFAULT false,
    FOREIGN KEY (basis, basis_rank, basis_region, basis_in_force, basis_names_affiliates)
        REFERENCES limu.measure_basis (article, rank, region, in_force, names_affiliates) ON UPDATE CASCADE,
    FOREIGN KEY (rule, rule_rank, rule_region, rule_in_force, rule_names_affiliates)
        REFERENCES limu.measure_basis (article, rank, region, in_force, names_affiliates) ON UPDATE CASCADE,
    CONSTRAINT list_has_rank CHECK (CASE shape
        WHEN 'court' THEN basis_rank = 'law' AND rule_rank = 'judicial_interpretation'
        WHEN 'procurement' THEN basis_rank = 'law' AND rule_rank = 'law'
        ELSE basis_rank IN ('law', 'administrative_regulation', 'local_regulation', 'central_policy')
            AND rule_rank IN ('law', 'administrative_regulation', 'local_regulation', 'departmental_rule') END),
    CONSTRAINT local_list_by_local_regulation CHECK (region = '' OR basis_rank = 'local_regulation'),
    CONSTRAINT list_inside_territory CHECK (limu.is_within(region, basis_region) AND limu.is_within(region, rule_region)),
    CONSTRAINT list_during_life_of_basis CHECK (during <@ basis_in_force AND during <@ rule_in_force)
);

-- One entry, as its steps have left it. The application only inserts steps; the trigger below writes here.
CREATE TABLE limu.list_entry (
    id uuid PRIMARY KEY,
    list text NOT NULL REFERENCES limu.listing_kind,
    subject uuid NOT NULL REFERENCES limu.subject,
    department uuid NOT NULL REFERENCES limu.department,
    region char(6) NOT NULL,
    record uuid,
    facts text NOT NULL CHECK (facts <> ''),
    evidence text NOT NULL CHECK (evidence <> ''),
    proposed_by uuid NOT NULL REFERENCES limu.person,
    proposed_at timestamptz NOT NULL DEFAULT limu.register_now(),
    noticed_on date,
    statement_until date,
    stated_on date,
    decided_on date,
    decided_by uuid REFERENCES limu.person,
    decision_document text,
    ends_on date,
    served_on date,
    exited_on date,
    exit_kind text CHECK (exit_kind IN ('condition', 'repair', 'revocation', 'refused')),
    CONSTRAINT window_after_notice CHECK (statement_until >= noticed_on),
    CONSTRAINT decided_after_window CHECK (
        decided_on IS NULL OR (noticed_on IS NOT NULL AND statement_until IS NOT NULL
            AND (decided_on > statement_until OR (stated_on IS NOT NULL AND decided_on >= stated_on)))),
    CONSTRAINT decided_by_a_second_person CHECK (decided_by <> proposed_by),
    CONSTRAINT decision_is_whole CHECK (
        num_nonnulls(decided_on, decided_by, decision_document) IN (0, 3) AND (ends_on IS NULL OR ends_on > decided_on)),
    CONSTRAINT served_after_decision CHECK (served_on IS NULL OR (decided_on IS NOT NULL AND served_on >= decided_on)),
    CONSTRAINT exit_is_whole CHECK ((exited_on IS NULL) = (exit_kind IS NULL))
);
CREATE INDEX list_entry_of_subject ON limu.list_entry (subject);
CREATE INDEX list_entry_of_list ON limu.list_entry (list);
-- One running entry of a list a subject; a second one waits for the exit of the first.
CREATE UNIQUE INDEX list_entry_once ON limu.list_entry (list, subject, department) WHERE exited_on IS NULL;

-- Every step is a dated document by a named person. Appended, never changed.
CREATE TABLE limu.list_step (
    id uuid PRIMARY KEY,
    entry uuid NOT NULL REFERENCES limu.list_entry,
    kind text NOT NULL CHECK (kind IN ('notice', 'statement', 'decision', 'service', 'refusal', 'exit')),
    on_day date NOT NULL,
    document_number text NOT NULL CHECK (document_number <> ''),
    text text NOT NULL CHECK (text <> ''),
    until_day date,
    exit_kind text CHECK ((exit_kind IS NOT NULL) = (kind = 'exit')),
    officer uuid NOT NULL,
    person uuid NOT NULL,
    department uuid NOT NULL,
    -- An exit before its day is decided by two; a statement is the subject's, taken down by the officer.
    second_person uuid REFERENCES limu.person CHECK (second_person <> person),
    recorded_at timestamptz NOT NULL DEFAULT limu.register_now(),
    FOREIGN KEY (officer, person, department) REFERENCES limu.officer (id, person, department),
    CONSTRAINT exit_by_two CHECK (kind <> 'exit' OR second_person IS NOT NULL),
    CONSTRAINT notice_names_a_window CHECK (kind <> 'notice' OR (until_day IS NOT NULL AND until_day > on_day)),
    CONSTRAINT not_in_the_future CHECK (on_day <= limu.register_today())
);
CREATE UNIQUE INDEX list_step_once ON limu.list_step (entry, kind) WHERE kind <> 'statement';
CREATE INDEX list_step_of_entry ON limu.list_step (entry);

CREATE FUNCTION limu.begin_list_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
DECLARE list_kind limu.listing_kind;
BEGIN
    SELECT * INTO list_kind FROM limu.listing_kind WHERE code = NEW.list;
    IF NOT coalesce(list_kind.is_confirmed, false) THEN
        RAISE EXCEPTION 'list % is not confirmed: it activates nothing', NEW.list USING ERRCODE = 'check_violation';
    END IF;
    IF NOT list_kind.during @> limu.register_today() THEN
        RAISE EXCEPTION 'list % has no basis in force today', NEW.list USING ERRCODE = 'check_violation';
    END IF;
    IF NOT limu.is_within(NEW.region, list_kind.region) THEN
        RAISE EXCEPTION 'list % ends at the border of its region', NEW.list USING ERRCODE = 'check_violation';
    END IF;
    IF num_nonnulls(NEW.noticed_on, NEW.statement_until, NEW.stated_on, NEW.decided_on, NEW.decided_by,
                    NEW.decision_document, NEW.ends_on, NEW.served_on, NEW.exited_on, NEW.exit_kind) > 0 THEN
        RAISE EXCEPTION 'an entry begins with nothing but its facts' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER list_entry_begins BEFORE INSERT ON limu.list_entry
    FOR EACH ROW EXECUTE FUNCTION limu.begin_list_entry();

-- A step moves the entry on; the checks of list_entry refuse one out of order. What is set once stays.
CREATE FUNCTION limu.take_list_step() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
DECLARE e limu.list_entry;
BEGIN
    SELECT * INTO e FROM limu.list_entry WHERE id = NEW.entry FOR UPDATE;
    IF e.department <> NEW.department THEN
        RAISE EXCEPTION 'a step belongs to the department of its entry' USING ERRCODE = 'check_violation';
    END IF;
    IF e.exited_on IS NOT NULL THEN
        RAISE EXCEPTION 'the entry has ended' USING ERRCODE = 'check_violation';
    END IF;
    IF (CASE NEW.kind WHEN 'statement' THEN e.noticed_on IS NULL OR e.decided_on IS NOT NULL
                      WHEN 'decision' THEN e.noticed_on IS NULL
                      WHEN 'service' THEN e.decided_on IS NULL
                      WHEN 'exit' THEN e.served_on IS NULL
                      WHEN 'refusal' THEN e.decided_on IS NOT NULL END) THEN
        RAISE EXCEPTION 'step % is out of order', NEW.kind USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind IN ('decision', 'refusal') AND NEW.person = e.proposed_by THEN
        RAISE EXCEPTION 'an entry is decided by a second person' USING ERRCODE = 'check_violation';
    END IF;
    UPDATE limu.list_entry SET
        noticed_on = CASE WHEN NEW.kind = 'notice' THEN NEW.on_day ELSE noticed_on END,
        statement_until = CASE WHEN NEW.kind = 'notice' THEN NEW.until_day ELSE statement_until END,
        stated_on = CASE WHEN NEW.kind = 'statement' THEN NEW.on_day ELSE stated_on END,
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
CREATE TRIGGER list_step_taken AFTER INSERT ON limu.list_step
    FOR EACH ROW EXECUTE FUNCTION limu.take_list_step();
CREATE TRIGGER list_step_append_only BEFORE UPDATE OR DELETE ON limu.list_step
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON limu.list_step FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER list_entry_no_delete BEFORE DELETE OR TRUNCATE ON limu.list_entry
    FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_change();

-- The owner may not step past the steps either: an entry changes only under the trigger of a step.
CREATE FUNCTION limu.refuse_bare_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'an entry changes by a step alone' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER list_entry_by_steps BEFORE UPDATE ON limu.list_entry
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_bare_change();

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['list_entry', 'list_step'] LOOP
        EXECUTE format('ALTER TABLE limu.%I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE limu.%I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY own_department ON limu.%I TO limu_app USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()))', t);
        EXECUTE format('CREATE POLICY for_steps ON limu.%I TO limu_owner USING (true)', t);
        EXECUTE format('CREATE POLICY for_public_views ON limu.%I FOR SELECT TO limu_publisher USING (true)', t);
        EXECUTE format('GRANT SELECT, INSERT ON limu.%I TO limu_app', t);
    END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE ON limu.listing_kind TO limu_app;
GRANT SELECT ON limu.listing_kind, limu.list_entry TO limu_publisher;
