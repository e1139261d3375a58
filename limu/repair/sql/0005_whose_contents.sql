-- A home's folder of contents belongs to one register. Another database beside it (a trial, a restored copy under another
-- name) names none of them, and must not take that for a reason to destroy them: the home keeps the identity of its own.
CREATE TABLE limu.register_identity (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    id uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO limu.register_identity DEFAULT VALUES;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON limu.register_identity
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON limu.register_identity
    FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_change();
GRANT SELECT ON limu.register_identity TO limu_app;

CREATE FUNCTION limu.names_any_content(wanted bytea[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = limu, pg_temp AS $$
    SELECT EXISTS (SELECT FROM unnest(wanted) u WHERE limu.names_content(u))
$$;
REVOKE ALL ON FUNCTION limu.names_any_content FROM PUBLIC;
GRANT EXECUTE ON FUNCTION limu.names_any_content TO limu_app;
