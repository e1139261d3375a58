-- Who relied, more exactly: the body that asked at its window, one whose list entry rests on the record, that used a
-- measure of it, or that holds a slip on which it stands. A body that opened its own cases and its own rows about the
-- subject was shown nothing of this record, and has nothing to review.
CREATE OR REPLACE FUNCTION shown.readers_of(whose uuid, wanted uuid, since timestamptz)
RETURNS TABLE (department uuid, way text, last_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = limu, pg_temp AS $$
    WITH grounds AS (
        SELECT wanted AS ground UNION ALL SELECT e.id FROM limu.list_entry e WHERE e.record = wanted AND e.subject = whose)
    SELECT t.department, 'read', max(t.opened_at) FROM limu.read_ticket t
    WHERE t.subject = whose AND t.opened_at >= since AND t.agent IS NULL
      AND (t.purpose = 'window_check' OR t.purpose = 'list_entry' AND EXISTS (
          SELECT FROM limu.list_entry e
          WHERE e.record = wanted AND e.subject = whose AND e.department = t.department)) GROUP BY t.department
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
