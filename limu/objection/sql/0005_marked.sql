-- Organisations with a public record that is objected to: search tells it beside the name.
CREATE INDEX publication_disputed ON limu.publication (subject) WHERE is_disputed AND known_until = 'infinity';
CREATE VIEW shown.disputed_subject WITH (security_barrier = true) AS
SELECT DISTINCT s.uscc::text AS uscc FROM limu.publication p
JOIN limu.subject s ON s.id = p.subject
WHERE p.is_disputed AND p.known_until = 'infinity' AND p.decision = 'published' AND s.uscc IS NOT NULL
  AND p.shown_from <= (SELECT limu.register_today()) AND (SELECT limu.register_today()) < p.shown_until;
ALTER VIEW shown.disputed_subject OWNER TO limu_publisher;
GRANT SELECT ON shown.disputed_subject TO limu_web, limu_app;
