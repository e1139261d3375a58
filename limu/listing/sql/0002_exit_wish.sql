-- A wish to end an entry before its day: one person asks, with kind and document; another answers on an own sign-in.
-- Two tables that only grow: what was asked stands as it was asked, and what was answered stands beside it.
CREATE TABLE limu.list_exit_wish (
    id uuid PRIMARY KEY,
    entry uuid NOT NULL REFERENCES limu.list_entry,
    exit_kind text NOT NULL CHECK (exit_kind IN ('condition', 'repair', 'revocation')),
    document_number text NOT NULL CHECK (btrim(document_number) <> ''),
    text text NOT NULL CHECK (btrim(text) <> ''),
    officer uuid NOT NULL,
    person uuid NOT NULL,
    department uuid NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT limu.register_now(),
    FOREIGN KEY (officer, person, department) REFERENCES limu.officer (id, person, department),
    UNIQUE (id, person, department)
);
CREATE INDEX list_exit_wish_of_entry ON limu.list_exit_wish (entry);

CREATE TABLE limu.list_exit_answer (
    wish uuid PRIMARY KEY,
    asked_by uuid NOT NULL,
    department uuid NOT NULL,
    officer uuid NOT NULL,
    person uuid NOT NULL,
    is_agreed boolean NOT NULL,
    answered_at timestamptz NOT NULL DEFAULT limu.register_now(),
    FOREIGN KEY (wish, asked_by, department) REFERENCES limu.list_exit_wish (id, person, department),
    FOREIGN KEY (officer, person, department) REFERENCES limu.officer (id, person, department),
    -- Whoever asked may take the wish back, and never agree to it.
    CONSTRAINT agreed_by_a_second_person CHECK (NOT is_agreed OR person <> asked_by)
);

CREATE FUNCTION limu.begin_list_exit_wish() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM limu.list_entry e WHERE e.id = NEW.entry AND e.department = NEW.department
                     AND e.served_on IS NOT NULL AND e.exited_on IS NULL) THEN
        RAISE EXCEPTION 'only a served entry of the own department can be ended' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM limu.list_exit_wish w WHERE w.entry = NEW.entry
                 AND NOT EXISTS (SELECT FROM limu.list_exit_answer a WHERE a.wish = w.id)) THEN
        RAISE EXCEPTION 'a wish to end this entry is open' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER list_exit_wish_begins BEFORE INSERT ON limu.list_exit_wish
    FOR EACH ROW EXECUTE FUNCTION limu.begin_list_exit_wish();

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['list_exit_wish', 'list_exit_answer'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON limu.%I FOR EACH ROW EXECUTE FUNCTION limu.refuse_change()', t);
        EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON limu.%I FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_change()', t);
        EXECUTE format('ALTER TABLE limu.%I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE limu.%I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY own_department ON limu.%I TO limu_app USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()))', t);
        EXECUTE format('CREATE POLICY for_steps ON limu.%I TO limu_owner USING (true)', t);
        EXECUTE format('GRANT SELECT, INSERT ON limu.%I TO limu_app', t);
    END LOOP;
END $$;

INSERT INTO limu.purpose VALUES ('list_entry', '办理列入和移出严重失信主体名单', '国办发〔2020〕49号');
