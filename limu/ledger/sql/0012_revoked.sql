-- A decision that was revoked, changed or found void is taken down within the statutory days (行政处罚法 48): the wish says
-- on which day it fell, and by which day the law asks for the withdrawal.
ALTER TABLE limu.removal ADD COLUMN revoked_on date, ADD COLUMN due_on date,
    ADD CONSTRAINT revoked_before_asked CHECK (revoked_on <= (asked_at AT TIME ZONE 'Asia/Shanghai')::date),
    ADD CONSTRAINT due_after_revoked CHECK (due_on >= revoked_on),
    ADD CONSTRAINT only_the_revoked_is_due CHECK (revoked_on IS NULL OR kind = 'record_revoked');
