-- Public pages are kept under the register's version. Whatever changes what they say moves it on, in its own
-- transaction; chunks and acts on records do so in reactions.py, after they hold the staging tables, so that two
-- transactions always take these locks in the same order.
CREATE FUNCTION limu.move_version() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
BEGIN
    UPDATE limu.register_state SET version = version + 1, changed_at = limu.register_now();
    RETURN NULL;
END $$;
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['law_confirmation', 'law_addition', 'catalogue_item'] LOOP
        EXECUTE format('CREATE TRIGGER %1$s_moves_version AFTER INSERT ON limu.%1$I
                        FOR EACH STATEMENT EXECUTE FUNCTION limu.move_version()', t);
    END LOOP;
END $$;
-- A submission becomes visible, or vanishes, as a whole.
CREATE TRIGGER submission_moves_version AFTER UPDATE OF state ON limu.submission FOR EACH ROW
    WHEN (NEW.state IS DISTINCT FROM OLD.state AND NEW.state IN ('done', 'undone'))
    EXECUTE FUNCTION limu.move_version();
