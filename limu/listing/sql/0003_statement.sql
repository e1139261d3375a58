-- The subject states its case itself (陈述申辩): such a statement names its agent in place of an officer. Nobody else
-- writes in an agent's name, and an agent takes no other step.
ALTER TABLE limu.list_step ALTER officer DROP NOT NULL, ALTER person DROP NOT NULL,
    ADD COLUMN agent text CHECK (btrim(agent) <> ''),
    ADD CONSTRAINT somebody_acts CHECK (num_nonnulls(officer, agent) = 1 AND (officer IS NULL) = (person IS NULL)),
    ADD CONSTRAINT agents_only_state CHECK (agent IS NULL OR kind = 'statement');
CREATE INDEX list_entry_of_record ON limu.list_entry (record) WHERE record IS NOT NULL;

-- The subject reads every step of its own entries, from the notice on (国办发〔2020〕49号: reasons, basis and rights are told).
CREATE FUNCTION limu.is_own_entry(wanted uuid, body uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = limu, pg_temp AS $$
    SELECT EXISTS (SELECT FROM limu.list_entry e WHERE e.id = wanted AND e.department = body
                     AND e.subject = limu.current_subject() AND e.noticed_on IS NOT NULL)
$$;
REVOKE ALL ON FUNCTION limu.is_own_entry FROM PUBLIC;
GRANT EXECUTE ON FUNCTION limu.is_own_entry TO limu_app;
CREATE POLICY own_subject ON limu.list_step FOR SELECT TO limu_app
    USING ((SELECT limu.current_subject()) IS NOT NULL AND limu.is_own_entry(entry, department));
CREATE POLICY own_statement ON limu.list_step FOR INSERT TO limu_app
    WITH CHECK (agent IS NOT NULL AND limu.is_own_entry(entry, department));
CREATE POLICY agents_are_the_subjects ON limu.list_step AS RESTRICTIVE FOR INSERT TO limu_app
    WITH CHECK (agent IS NULL OR limu.is_own_entry(entry, department));
