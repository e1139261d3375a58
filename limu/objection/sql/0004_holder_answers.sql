-- A bank or other holder of copies is told as a body is, and answers as a body does; it is known by its agreement.
CREATE FUNCTION limu.current_holder() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT nullif(current_setting('limu.holder', true), '') $$;
CREATE POLICY of_the_holder ON limu.reliance_notice FOR SELECT TO limu_app USING (holder = (SELECT limu.current_holder()));
CREATE POLICY of_the_holder ON limu.reliance_answer FOR SELECT TO limu_app
    USING (to_department IS NULL AND by = (SELECT limu.current_holder()));
CREATE POLICY by_the_holder ON limu.reliance_answer FOR INSERT TO limu_app
    WITH CHECK (to_department IS NULL AND by = (SELECT limu.current_holder()) AND EXISTS (
        SELECT FROM limu.reliance_notice n WHERE n.id = notice AND n.department = reliance_answer.department
          AND n.subject = reliance_answer.subject AND n.holder = (SELECT limu.current_holder())));

-- Who relied: bodies that read in order to act, that used a measure, or that hold a slip on which the record stands.
-- Who watches over cases, trails and links relies on nothing.
CREATE OR REPLACE FUNCTION shown.readers_of(whose uuid, wanted uuid, since timestamptz)
RETURNS TABLE (department uuid, way text, last_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = limu, pg_temp AS $$
    WITH grounds AS (
        SELECT wanted AS ground UNION ALL SELECT e.id FROM limu.list_entry e WHERE e.record = wanted AND e.subject = whose)
    SELECT t.department, 'read', max(t.opened_at) FROM limu.read_ticket t
    WHERE t.subject = whose AND t.opened_at >= since AND t.agent IS NULL
      AND t.purpose IN ('deciding_body', 'window_check', 'list_entry') GROUP BY t.department
    UNION ALL
    SELECT u.department, 'measure', max(u.recorded_at) FROM limu.measure_use u
    WHERE u.ground_subject = whose AND u.recorded_at >= since AND u.is_used
      AND u.ground IN (SELECT ground FROM grounds) GROUP BY u.department
    UNION ALL
    SELECT c.department, 'slip', max(c.checked_at) FROM limu.measure_check c
    WHERE c.subject = whose AND c.checked_at >= since AND EXISTS (
        SELECT FROM jsonb_array_elements(c.answer) one JOIN grounds g ON one ->> 'ground' = g.ground::text)
    GROUP BY c.department
$$;
