-- A decision of the platform above has been taken when it is received; what lies ahead ends nothing today.
ALTER TABLE limu.decision_above
    ADD CONSTRAINT decided_before_received CHECK (decided_on <= limu.register_today()) NOT VALID;
