-- Objections still open, a body and a day: whether they are late is reckoned from the law, on the day it is asked.
CREATE VIEW shown.objection_open WITH (security_barrier = true) AS
SELECT d.name AS department, d.region::text AS region, c.opened_on,
       EXISTS (SELECT FROM limu.case_step s WHERE s.case_file = c.id AND s.kind = 'extend') AS is_extended,
       count(*)::int AS cases
FROM limu.case_file c JOIN limu.department d ON d.id = c.department
WHERE c.kind = 'objection' AND c.state IN ('received', 'gaps', 'checking', 'proposed')
  -- The clock stands while it is stopped, or while the subject has been asked for more.
  AND c.state <> 'gaps'
  AND coalesce((SELECT s.kind <> 'stop' FROM limu.case_step s
                WHERE s.case_file = c.id AND s.kind IN ('stop', 'resume') ORDER BY s.number DESC LIMIT 1), true)
GROUP BY 1, 2, 3, 4;
ALTER VIEW shown.objection_open OWNER TO limu_publisher;
GRANT SELECT ON shown.objection_open TO limu_web, limu_app;
