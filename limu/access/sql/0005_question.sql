-- A subject asks about a read of its data that is not public (对此有疑问); somebody who watches over the trail answers, and
-- never who read. One question a read; both stand as they were written.
CREATE TABLE limu.read_question (
    ticket uuid PRIMARY KEY REFERENCES limu.read_ticket,
    subject uuid NOT NULL REFERENCES limu.subject,
    text text NOT NULL CHECK (btrim(text) <> '' AND length(text) <= 500),
    agent text NOT NULL CHECK (agent <> ''),
    asked_at timestamptz NOT NULL DEFAULT limu.register_now(),
    UNIQUE (ticket, subject)
);
CREATE INDEX read_question_asked ON limu.read_question (asked_at);
CREATE TABLE limu.read_reply (
    ticket uuid PRIMARY KEY,
    subject uuid NOT NULL,
    text text NOT NULL CHECK (btrim(text) <> '' AND length(text) <= 1000),
    officer uuid NOT NULL,
    person uuid NOT NULL,
    department uuid NOT NULL,
    replied_at timestamptz NOT NULL DEFAULT limu.register_now(),
    FOREIGN KEY (ticket, subject) REFERENCES limu.read_question (ticket, subject),
    FOREIGN KEY (officer, person, department) REFERENCES limu.officer (id, person, department)
);
CREATE FUNCTION limu.refuse_own_reply() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM limu.read_ticket t JOIN limu.officer o ON o.id = t.officer
               WHERE t.id = NEW.ticket AND o.person = NEW.person) THEN
        RAISE EXCEPTION 'who read does not answer for it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reply_by_another BEFORE INSERT ON limu.read_reply FOR EACH ROW EXECUTE FUNCTION limu.refuse_own_reply();
CREATE POLICY for_steps ON limu.read_ticket FOR SELECT TO limu_owner USING (true);

-- Whether a read was of this subject's data and by somebody else than its own agents.
CREATE FUNCTION limu.is_read_of_own(wanted uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = limu, pg_temp AS $$
    SELECT EXISTS (SELECT FROM limu.read_ticket t
                   WHERE t.id = wanted AND t.subject = limu.current_subject() AND t.agent IS NULL)
$$;
REVOKE ALL ON FUNCTION limu.is_read_of_own FROM PUBLIC;
GRANT EXECUTE ON FUNCTION limu.is_read_of_own TO limu_app;
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['read_question', 'read_reply'] LOOP
        EXECUTE format('ALTER TABLE limu.%I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE limu.%I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY read_own ON limu.%I FOR SELECT TO limu_app USING (subject = (SELECT limu.current_subject()) OR (SELECT limu.reaches_all()))', t);
        EXECUTE format('CREATE POLICY for_steps ON limu.%I FOR SELECT TO limu_owner USING (true)', t);
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON limu.%I FOR EACH ROW EXECUTE FUNCTION limu.refuse_change()', t);
        EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON limu.%I FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_change()', t);
        EXECUTE format('GRANT SELECT, INSERT ON limu.%I TO limu_app', t);
    END LOOP;
END $$;
CREATE POLICY write_own ON limu.read_question FOR INSERT TO limu_app
    WITH CHECK (subject = (SELECT limu.current_subject()) AND limu.is_read_of_own(ticket));
CREATE POLICY write_at_the_centre ON limu.read_reply FOR INSERT TO limu_app
    WITH CHECK ((SELECT limu.reaches_all()) AND (SELECT limu.current_subject()) IS NULL);

INSERT INTO limu.purpose VALUES ('overreach_watch', '监督措施的使用', '《关于健全社会信用体系的意见》第十二条');
