-- Who holds a copy, by which agreement, of what. An agreement is not changed: another scope is another agreement.
CREATE TABLE limu.feed_holder (
    id uuid PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (btrim(name) <> ''),
    contact text NOT NULL CHECK (btrim(contact) <> ''),
    agreement text NOT NULL CHECK (btrim(agreement) <> ''),
    from_on date NOT NULL,
    until_on date NOT NULL,
    -- Empty means all.
    items text[] NOT NULL,
    regions text[] NOT NULL,
    policy integer NOT NULL REFERENCES limu.feed_policy,
    -- Within how many hours a change must be acknowledged, as the agreement says.
    answer_hours integer NOT NULL CHECK (answer_hours BETWEEN 1 AND 720),
    hook_url text,
    token_hash bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    -- What was told before the holder came reaches it with its first snapshot.
    since bigint NOT NULL,
    CHECK (until_on > from_on)
);
-- Adding, pausing, resuming, ending: one person asks, another decides (design.md: two people).
CREATE TABLE limu.feed_holder_act (
    id uuid PRIMARY KEY,
    holder uuid NOT NULL REFERENCES limu.feed_holder,
    kind text NOT NULL CHECK (kind IN ('add', 'pause', 'resume', 'end')),
    reason text NOT NULL CHECK (btrim(reason) <> ''),
    asked_by uuid NOT NULL REFERENCES limu.officer,
    asked_at timestamptz NOT NULL DEFAULT limu.register_now(),
    settled_by uuid REFERENCES limu.officer CHECK (settled_by <> asked_by),
    settled_at timestamptz,
    is_done boolean,
    CHECK ((settled_by IS NULL) = (settled_at IS NULL) AND (settled_by IS NULL) = (is_done IS NULL))
);
CREATE UNIQUE INDEX feed_holder_act_open ON limu.feed_holder_act (holder) WHERE settled_at IS NULL;
CREATE INDEX feed_holder_act_of ON limu.feed_holder_act (holder, settled_at);
CREATE FUNCTION limu.refuse_one_person() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = limu, pg_temp AS $$
BEGIN
    IF NEW.settled_by IS NOT NULL AND (SELECT person FROM limu.officer WHERE id = NEW.settled_by)
        = (SELECT person FROM limu.officer WHERE id = NEW.asked_by) THEN
        RAISE EXCEPTION 'two people, not two accounts of one' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER feed_holder_two_people BEFORE INSERT OR UPDATE ON limu.feed_holder_act
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_one_person();

-- What was delivered and what was acknowledged, as spans of timepoints, each with its instant: appended, never changed.
CREATE TABLE limu.feed_receipt (
    holder uuid NOT NULL REFERENCES limu.feed_holder,
    is_acknowledged boolean NOT NULL,
    span int8range NOT NULL CHECK (NOT isempty(span) AND NOT lower_inf(span) AND NOT upper_inf(span)),
    at timestamptz NOT NULL DEFAULT limu.register_now()
);
CREATE INDEX feed_receipt_span ON limu.feed_receipt USING gist (holder, span);
CREATE TRIGGER feed_receipt_append_only BEFORE UPDATE OR DELETE ON limu.feed_receipt
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER feed_receipt_no_truncate BEFORE TRUNCATE ON limu.feed_receipt EXECUTE FUNCTION limu.refuse_change();

-- How far a holder's webhook has been sent, and what stands in its way.
CREATE TABLE limu.feed_hook (
    holder uuid PRIMARY KEY REFERENCES limu.feed_holder,
    sent bigint NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL DEFAULT limu.register_now(),
    failure text,
    is_dead boolean NOT NULL DEFAULT false
);
CREATE TABLE limu.feed_dead_letter (
    id uuid PRIMARY KEY,
    holder uuid NOT NULL REFERENCES limu.feed_holder,
    first bigint NOT NULL,
    last bigint NOT NULL,
    failure text NOT NULL,
    died_at timestamptz NOT NULL DEFAULT limu.register_now(),
    replayed_at timestamptz
);

-- A difference that was found: by a holder's own reconciliation, or by somebody who met a stale copy.
CREATE TABLE limu.feed_deviation (
    id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE,
    holder uuid REFERENCES limu.feed_holder,
    found_by text NOT NULL CHECK (found_by IN ('holder', 'public')),
    record uuid,
    -- What the public report says: where the copy stands. No person, no free account of anyone.
    place text,
    kind text NOT NULL CHECK (kind IN ('differs', 'withdrawn', 'unknown', 'stale', 'missing')),
    opened_at timestamptz NOT NULL DEFAULT limu.register_now(),
    closed_at timestamptz,
    closed_by uuid REFERENCES limu.officer,
    outcome text,
    CHECK ((closed_at IS NULL) = (outcome IS NULL))
);
CREATE UNIQUE INDEX feed_deviation_open ON limu.feed_deviation (holder, record) WHERE closed_at IS NULL AND holder IS NOT NULL;
CREATE INDEX feed_deviation_when ON limu.feed_deviation (opened_at);

CREATE TABLE limu.feed_snapshot (
    id uuid PRIMARY KEY,
    -- The scope it was made for: two holders of one scope share a snapshot.
    scope text NOT NULL,
    timepoint bigint NOT NULL,
    day date NOT NULL,
    made_at timestamptz NOT NULL DEFAULT limu.register_now(),
    copies bigint NOT NULL,
    manifest jsonb NOT NULL,
    signature bytea NOT NULL,
    withdrawn_at timestamptz
);
CREATE INDEX feed_snapshot_newest ON limu.feed_snapshot (scope, timepoint DESC) WHERE withdrawn_at IS NULL;

GRANT SELECT, INSERT ON limu.feed_holder, limu.feed_receipt TO limu_app;
GRANT SELECT, INSERT ON limu.feed_holder_act, limu.feed_hook, limu.feed_dead_letter, limu.feed_deviation, limu.feed_snapshot TO limu_app;
GRANT UPDATE (settled_by, settled_at, is_done) ON limu.feed_holder_act TO limu_app;
GRANT UPDATE (sent, attempts, next_at, failure, is_dead) ON limu.feed_hook TO limu_app;
GRANT UPDATE (replayed_at) ON limu.feed_dead_letter TO limu_app;
GRANT UPDATE (closed_at, closed_by, outcome) ON limu.feed_deviation TO limu_app;
GRANT UPDATE (withdrawn_at) ON limu.feed_snapshot TO limu_app;

-- A holder's state is read from what two people did and from the days of its agreement; it is not stored.
CREATE VIEW limu.feed_holder_state AS
SELECT h.id AS holder,
       CASE WHEN done.kind IS NULL THEN CASE WHEN refused.holder IS NOT NULL THEN 'refused' ELSE 'asked' END
            WHEN done.kind = 'end' OR limu.register_today() >= h.until_on THEN 'ended'
            WHEN done.kind = 'pause' THEN 'paused'
            WHEN limu.register_today() < h.from_on THEN 'coming'
            ELSE 'active' END AS state
FROM limu.feed_holder h
LEFT JOIN LATERAL (SELECT kind FROM limu.feed_holder_act a WHERE a.holder = h.id AND a.is_done
                   ORDER BY settled_at DESC, a.id DESC LIMIT 1) done ON true
LEFT JOIN LATERAL (SELECT holder FROM limu.feed_holder_act a WHERE a.holder = h.id AND a.kind = 'add' AND NOT a.is_done
                   LIMIT 1) refused ON true;
GRANT SELECT ON limu.feed_holder_state TO limu_app;

-- A change and a holder whose agreement covers it: one line of the board.
CREATE FUNCTION limu.feed_is_due(holder limu.feed_holder, event limu.feed_event) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT event.timepoint > holder.since
       AND (holder.items = '{}' OR event.item = ANY (holder.items))
       AND (holder.regions = '{}' OR EXISTS (SELECT FROM unnest(holder.regions) r WHERE starts_with(event.region, r)))
$$;
-- In public: counts, times and lateness of each holder over the last thirty days; no record, no reason, no id.
CREATE FUNCTION shown.propagation() RETURNS TABLE (
    name text, state text, answer_hours integer, changes bigint, acknowledged bigint, late bigint, waiting bigint,
    median_seconds double precision, slowest_seconds double precision, last_at timestamptz
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = limu, pg_temp AS $$
    SELECT h.name, s.state, h.answer_hours, count(e.timepoint), count(a.at),
           count(*) FILTER (WHERE e.timepoint IS NOT NULL
               AND coalesce(a.at, limu.register_now()) > e.told_at + make_interval(hours => h.answer_hours)),
           count(*) FILTER (WHERE e.timepoint IS NOT NULL AND a.at IS NULL),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM a.at - e.told_at)::double precision),
           max(extract(epoch FROM a.at - e.told_at)::double precision), max(a.at)
    FROM limu.feed_holder h JOIN limu.feed_holder_state s ON s.holder = h.id AND s.state IN ('active', 'paused')
    LEFT JOIN limu.feed_event e ON e.kind <> 'record.published' AND e.told_at > limu.register_now() - interval '30 days'
        AND limu.feed_is_due(h, e)
    LEFT JOIN LATERAL (SELECT min(at) AS at FROM limu.feed_receipt r
                       WHERE r.holder = h.id AND r.is_acknowledged AND r.span @> e.timepoint) a ON true
    GROUP BY h.id, h.name, s.state, h.answer_hours ORDER BY h.name
$$;
REVOKE ALL ON FUNCTION shown.propagation FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shown.propagation TO limu_web, limu_app;
