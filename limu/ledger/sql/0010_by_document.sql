-- A department's list walks its submissions, the newest first, and each one's rows (record_of_submission); what it gave
-- up here pays on every entering record for the new index, by which a document's number is found.
DROP INDEX limu.record_of_department;
CREATE INDEX record_by_document ON limu.record (document_number) WHERE document_number IS NOT NULL;
