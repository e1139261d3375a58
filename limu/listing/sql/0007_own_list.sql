-- A department enters subjects into the lists of its own field alone (Opinion, item 8): it has, today, an item of the
-- catalogue that the law says the list is reported under. One answer for the desk and for the table itself.
CREATE FUNCTION limu.keeps_list(wanted text, body uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = limu, pg_temp AS $$
    SELECT EXISTS (SELECT FROM limu.ground_kind g JOIN limu.item_owner o ON o.item = ANY (g.items)
                   WHERE g.code = wanted AND o.department = body
                     AND (o.until IS NULL OR o.until > limu.register_today()))
$$;
REVOKE ALL ON FUNCTION limu.keeps_list FROM PUBLIC;
GRANT EXECUTE ON FUNCTION limu.keeps_list TO limu_app;

CREATE FUNCTION limu.refuse_foreign_list() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
BEGIN
    IF NOT limu.keeps_list(NEW.list, NEW.department) THEN
        RAISE EXCEPTION 'list % is kept by another department', NEW.list USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER list_entry_of_own_field BEFORE INSERT ON limu.list_entry
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_foreign_list();
