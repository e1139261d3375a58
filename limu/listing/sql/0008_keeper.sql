-- A list that shares its item with other lists is kept by those departments alone that were given this very list; one
-- with an item of its own by those that have the item. What was given ends with the task, and comes back with it.
CREATE OR REPLACE FUNCTION limu.keeps_list(wanted text, body uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = limu, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM limu.ground_kind g JOIN limu.item_owner o ON o.item = ANY (g.items)
        WHERE g.code = wanted AND o.department = body AND (o.until IS NULL OR o.until > limu.register_today())
          AND (NOT EXISTS (SELECT FROM limu.listing_kind k JOIN limu.ground_kind h ON h.code = k.code
                           WHERE k.code <> g.code AND h.items && g.items)
               OR EXISTS (SELECT FROM limu.list_keeper p
                          WHERE p.list = g.code AND p.department = body AND p.since >= o.since)))
$$;
