-- Whatever refuses UPDATE and DELETE refuses TRUNCATE too, from everyone, its owner included (invariants I6, I7).
DO $$
DECLARE guarded regclass;
BEGIN
    FOR guarded IN
        SELECT DISTINCT t.tgrelid::regclass FROM pg_trigger t
        WHERE t.tgfoid = 'limu.refuse_change'::regproc
          AND NOT EXISTS (SELECT FROM pg_trigger other WHERE other.tgrelid = t.tgrelid AND other.tgtype & 32 <> 0)
    LOOP
        EXECUTE format(
            'CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_change()',
            guarded
        );
    END LOOP;
END $$;

-- It filters by state, so a reader's own condition must not be evaluated first.
ALTER VIEW shown.department_quality SET (security_barrier = true);
