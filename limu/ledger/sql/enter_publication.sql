-- What is shown of each record just entered, as publication/rules.py decided it.
-- Parameters: department, corrects, now.
INSERT INTO limu.publication (
    subject, record, department, known_from, decision, reason, shown_from, shown_until, earliest_repair_on, rule)
SELECT l.subject, e.id, %(department)s, %(now)s, e.decision, e.reason, e.shown_from, e.shown_until,
       e.earliest_repair_on, e.rule
FROM staging.entry e
JOIN staging.link l ON l.submission = e.submission AND l.row_number = e.row_number
WHERE CASE WHEN %(corrects)s THEN l.version > 1 ELSE l.version = 1 END
