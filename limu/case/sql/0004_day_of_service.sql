-- A day that lies ahead is refused by the instant at which the row was written: a check that asks the clock anew would
-- depend on another table, and a restored dump could not be loaded.
ALTER TABLE limu.letter_service DROP CONSTRAINT letter_service_on_day_check,
    ADD CONSTRAINT served_before_recorded CHECK (on_day <= (recorded_at AT TIME ZONE 'Asia/Shanghai')::date);
