-- Reads under the keys of departments' machines. Those that arrive together are one statement, and outside a transaction
-- that statement is its own commit: when it has answered, the traces are durable. A key, its secret and its account are
-- judged here, at this instant, so no process can go on with a key that another has closed.
CREATE FUNCTION limu.open_keyed(
    of_department uuid, act text, stated text, may text[], tickets uuid[], keys uuid[], secrets uuid[], codes text[],
    scopes text[])
RETURNS TABLE (ticket uuid, about uuid) LANGUAGE plpgsql SET search_path = limu, pg_temp AS $$
BEGIN
    PERFORM set_config('limu.department', of_department::text, true), set_config('limu.reach', 'own', true);
    RETURN QUERY
        INSERT INTO limu.read_ticket AS t (id, officer, department, purpose, subject, scope)
        SELECT a.ticket, k.officer, k.department, stated, s.id, a.scope
        FROM unnest(tickets, keys, secrets, codes, scopes) a (ticket, key, secret, uscc, scope)
        JOIN limu.api_key k ON k.id = a.key AND k.department = of_department AND k.is_agreed AND k.revoked_at IS NULL
            AND act = ANY (k.acts) AND limu.register_today() < k.expires_on
        JOIN limu.api_secret x ON x.id = a.secret AND x.key = k.id
            AND (x.dies_at IS NULL OR x.dies_at > limu.register_now())
        JOIN limu.officer o ON o.id = k.officer AND o.is_active AND o.roles && may
        JOIN limu.subject s ON s.uscc = a.uscc
        RETURNING t.id, t.subject;
END $$;

-- The reading that follows: it marks the tickets as used, each once and only if committed, and tells the state of the
-- register from after that. The mark need not survive a crash of the machine; the ticket does already.
CREATE FUNCTION limu.spend_keyed(of_department uuid, tickets uuid[])
RETURNS TABLE (spent bigint, version bigint, edition text, today date) LANGUAGE plpgsql SET search_path = limu, pg_temp AS $$
DECLARE used bigint;
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true), set_config('limu.department', of_department::text, true),
        set_config('limu.reach', 'own', true);
    INSERT INTO limu.read_ticket_spent (ticket)
    SELECT t.id FROM limu.read_ticket t
    WHERE t.id = ANY (tickets) AND t.department = of_department
      AND t.opened_in <> coalesce(pg_current_xact_id_if_assigned(), '0') AND pg_xact_status(t.opened_in) = 'committed';
    GET DIAGNOSTICS used = ROW_COUNT;
    RETURN QUERY SELECT used, r.version, coalesce((SELECT e.digest FROM limu.measure_edition e), ''), r.today
        FROM shown.register_state r;
END $$;
GRANT EXECUTE ON FUNCTION limu.open_keyed(uuid, text, text, text[], uuid[], uuid[], uuid[], text[], text[]),
    limu.spend_keyed(uuid, uuid[]) TO limu_app;
REVOKE ALL ON FUNCTION limu.open_keyed(uuid, text, text, text[], uuid[], uuid[], uuid[], text[], text[]),
    limu.spend_keyed(uuid, uuid[]) FROM PUBLIC;
