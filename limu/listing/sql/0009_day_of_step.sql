-- As in case/sql/0004_day_of_service.sql: a day ahead is refused by the instant of the row itself.
ALTER TABLE limu.list_step DROP CONSTRAINT not_in_the_future,
    ADD CONSTRAINT not_in_the_future CHECK (on_day <= (recorded_at AT TIME ZONE 'Asia/Shanghai')::date);
