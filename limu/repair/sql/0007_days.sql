-- As in case/sql/0004_day_of_service.sql: a day ahead is refused by the instant of the row itself.
ALTER TABLE limu.repair_service DROP CONSTRAINT repair_service_on_day_check,
    ADD CONSTRAINT served_before_recorded CHECK (on_day <= (recorded_at AT TIME ZONE 'Asia/Shanghai')::date);
ALTER TABLE limu.restoration DROP CONSTRAINT restoration_served_on_check,
    ADD CONSTRAINT served_before_made CHECK (served_on <= (made_at AT TIME ZONE 'Asia/Shanghai')::date);
ALTER TABLE limu.decision_above DROP CONSTRAINT decided_before_received,
    ADD CONSTRAINT decided_before_received
        CHECK (decided_on <= (received_at AT TIME ZONE 'Asia/Shanghai')::date) NOT VALID;
