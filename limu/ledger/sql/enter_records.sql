-- Linked rows of staging become records. One whose key is in the ledger already enters nothing; store.py then marks it.
-- Parameters: department, item, item_version, corrects (whether these are the stated corrections), now.
INSERT INTO limu.record (
    id, subject, department, item, item_version, natural_key, version, party_name, document_number, authority,
    authority_uscc, decided_on, published_on, conduct_ended_on, valid_from, valid_until, severity, kinds, fine_fen,
    content, closed, content_hash, link_basis, submission, row_number, recorded_at)
SELECT e.id, l.subject, %(department)s, %(item)s, %(item_version)s, e.natural_key, l.version, e.party_name,
       e.document_number, e.authority, e.authority_uscc, e.decided_on, e.published_on, e.conduct_ended_on,
       e.valid_from, e.valid_until, e.severity, e.kinds, e.fine_fen, e.content, e.closed, e.content_hash, l.basis,
       e.submission, e.row_number, %(now)s
FROM staging.entry e
JOIN staging.link l ON l.submission = e.submission AND l.row_number = e.row_number
WHERE CASE WHEN %(corrects)s THEN l.version > 1 ELSE l.version = 1 END
ON CONFLICT (subject, department, item, natural_key, version) DO NOTHING
