-- A name is one holder's as long as its agreement is asked for or runs: one that was refused or has ended leaves the name
-- free for another agreement. Who asks for the same name at once waits here and is told.
ALTER TABLE limu.feed_holder DROP CONSTRAINT feed_holder_name_key;
CREATE INDEX feed_holder_of_name ON limu.feed_holder (name);
CREATE FUNCTION limu.refuse_second_of_name() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('holder ' || NEW.name, 0));
    IF EXISTS (SELECT FROM limu.feed_holder h JOIN limu.feed_holder_state s ON s.holder = h.id
               WHERE h.name = NEW.name AND s.state NOT IN ('refused', 'ended')) THEN
        RAISE EXCEPTION 'there is a holder of this name' USING ERRCODE = 'unique_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER feed_holder_one_of_name BEFORE INSERT ON limu.feed_holder
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_second_of_name();
