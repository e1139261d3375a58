-- What a process remembers of grounds and measures is good for one state of the register. Whatever can end a ground
-- moves the register's version in its own transaction, whichever door it came through; as the transaction commits, so
-- that no lock is held while it works.
CREATE FUNCTION limu.move_version_once() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
BEGIN
    IF coalesce(current_setting('limu.moved_in', true), '') <> pg_current_xact_id()::text THEN
        PERFORM set_config('limu.moved_in', pg_current_xact_id()::text, true);
        UPDATE limu.register_state SET version = version + 1, changed_at = limu.register_now();
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER list_step_moves_version AFTER INSERT ON limu.list_step
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION limu.move_version_once();
-- A new row of publication comes with its chunk or its act, which move the version themselves; a closed one may be the
-- end of a ground.
CREATE CONSTRAINT TRIGGER publication_moves_version AFTER UPDATE ON limu.publication
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION limu.move_version_once();
CREATE TRIGGER measure_edition_moves_version AFTER INSERT OR UPDATE ON limu.measure_edition
    FOR EACH STATEMENT EXECUTE FUNCTION limu.move_version();
