-- An agent's authority ends before its day: the organisation says so, through another of its agents who may do as much,
-- through the agent itself, or at the counter of the credit centre. Who, when and why stay; nothing opens it again.
CREATE TABLE limu.agent_ending (
    agent uuid PRIMARY KEY REFERENCES limu.agent,
    subject uuid NOT NULL REFERENCES limu.subject,
    by_agent uuid REFERENCES limu.agent,
    officer uuid REFERENCES limu.officer,
    reason text NOT NULL CHECK (btrim(reason) <> '' AND length(reason) <= 300),
    ended_at timestamptz NOT NULL DEFAULT limu.register_now(),
    CONSTRAINT somebody_ends CHECK (num_nonnulls(by_agent, officer) = 1)
);
CREATE FUNCTION limu.refuse_foreign_ending() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM limu.agent a WHERE a.id = NEW.agent AND a.subject = NEW.subject AND a.is_active) THEN
        RAISE EXCEPTION 'only a present agent of this subject is ended' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.by_agent IS NOT NULL AND NOT EXISTS (
        SELECT FROM limu.agent b JOIN limu.agent a ON a.id = NEW.agent
        WHERE b.id = NEW.by_agent AND b.subject = NEW.subject AND b.is_active
          AND b.expires_on >= limu.register_today() AND a.scopes <@ b.scopes) THEN
        RAISE EXCEPTION 'an agent is ended by one who may do as much' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ended_by_its_own BEFORE INSERT ON limu.agent_ending
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_foreign_ending();
CREATE TRIGGER agent_ending_append_only BEFORE UPDATE OR DELETE ON limu.agent_ending
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON limu.agent_ending FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_change();
ALTER TABLE limu.agent_ending ENABLE ROW LEVEL SECURITY;
ALTER TABLE limu.agent_ending FORCE ROW LEVEL SECURITY;
CREATE POLICY own_subject ON limu.agent_ending TO limu_app
    USING (subject = (SELECT limu.current_subject()) OR (SELECT limu.reaches_all()));
CREATE POLICY for_the_owner ON limu.agent_ending TO limu_owner USING (true);
CREATE POLICY for_endings ON limu.agent FOR SELECT TO limu_owner USING (true);
GRANT SELECT, INSERT ON limu.agent_ending TO limu_app;

CREATE FUNCTION limu.refuse_unsaid_ending() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
BEGIN
    IF NEW.is_active OR NOT EXISTS (SELECT FROM limu.agent_ending e WHERE e.agent = NEW.id) THEN
        RAISE EXCEPTION 'an agent ends once, by somebody and for a reason' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agent_ends_once BEFORE UPDATE OF is_active ON limu.agent
    FOR EACH ROW WHEN (NEW.is_active IS DISTINCT FROM OLD.is_active) EXECUTE FUNCTION limu.refuse_unsaid_ending();
