-- Looking at the trail leaves a trail; and emergency access is agreed to by a second person who proves who he is.
INSERT INTO limu.purpose VALUES ('trail', '查阅审计轨迹', '《中华人民共和国数据安全法》第二十七条');
CREATE INDEX read_ticket_newest ON limu.read_ticket (opened_at DESC, id DESC);

-- What a system administrator asks for at the command; the second person answers on the page /ops/emergency.
CREATE TABLE limu.emergency_request (
    id uuid PRIMARY KEY,
    officer uuid NOT NULL REFERENCES limu.officer,
    reason text NOT NULL CHECK (length(reason) >= 10),
    minutes integer NOT NULL CHECK (minutes BETWEEN 1 AND 60),
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE limu.emergency_answer (
    request uuid PRIMARY KEY REFERENCES limu.emergency_request,
    officer uuid NOT NULL REFERENCES limu.officer,
    is_agreed boolean NOT NULL,
    answered_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE limu.emergency_access ADD COLUMN request uuid UNIQUE REFERENCES limu.emergency_request;
-- Which supervisor and auditor has taken note of an opening.
CREATE TABLE limu.emergency_seen (
    emergency uuid NOT NULL REFERENCES limu.emergency_access,
    officer uuid NOT NULL REFERENCES limu.officer,
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (emergency, officer)
);
CREATE TRIGGER emergency_request_append_only BEFORE UPDATE OR DELETE ON limu.emergency_request
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER emergency_answer_append_only BEFORE UPDATE OR DELETE ON limu.emergency_answer
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER emergency_seen_append_only BEFORE UPDATE OR DELETE ON limu.emergency_seen
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON limu.emergency_request EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON limu.emergency_answer EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON limu.emergency_seen EXECUTE FUNCTION limu.refuse_change();

-- Two people, not two accounts; and one opening at a time, since there is one role.
CREATE FUNCTION limu.refuse_lone_emergency() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(DISTINCT person) FROM limu.officer WHERE id IN (NEW.officer, NEW.second)) < 2 THEN
        RAISE EXCEPTION 'emergency access takes two people' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('limu.emergency_access'));
    IF limu.emergency_is_open() THEN
        RAISE EXCEPTION 'emergency access is open already' USING ERRCODE = 'exclusion_violation';
    END IF;
    RETURN NEW;
END $$;
-- The limit itself. Every row an emergency session reads asks this anew (wire/emergency.py): a session that outlives
-- its opener, its worker and its role's last day sees nothing from that moment on. Volatile, so that it is not judged
-- once for a statement that runs on.
CREATE FUNCTION limu.emergency_is_open() RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = limu, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM limu.emergency_access a
        WHERE clock_timestamp() < a.opened_at + make_interval(mins => a.minutes)
          AND NOT EXISTS (SELECT FROM limu.emergency_closed c WHERE c.emergency = a.id))
$$;
CREATE TRIGGER emergency_two_people BEFORE INSERT ON limu.emergency_access
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_lone_emergency();
GRANT SELECT, INSERT ON limu.emergency_request, limu.emergency_answer, limu.emergency_seen TO limu_app;
