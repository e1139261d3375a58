-- Beside what is reported and withdrawn, an answer to an application of the platform above: refused, with the reasons. It is
-- a turn of the record like any other and moves nothing there.
ALTER TABLE limu.upward_row DROP CONSTRAINT upward_row_operation_check,
    ADD CONSTRAINT upward_row_operation_check CHECK (operation IN ('report', 'withdraw', 'answer'));
