-- That the submission is there is said once for a whole statement: its tally refers to it (0009_tally.sql). A key of
-- each row's own cost as much as the row.
ALTER TABLE limu.submission_row DROP CONSTRAINT submission_row_submission_fkey;
