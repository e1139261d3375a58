-- The ground the tables stand on: clock, domains, and the trigger that refuses change.
-- Roles (owner, app, web, sequencer, publisher) exist before this file runs; see wire/migrate.py.

CREATE SCHEMA IF NOT EXISTS shown;
CREATE SCHEMA IF NOT EXISTS staging;
GRANT USAGE ON SCHEMA limu TO limu_app, limu_sequencer, limu_publisher, limu_web;
GRANT USAGE ON SCHEMA shown TO limu_app, limu_web;
GRANT USAGE, CREATE ON SCHEMA shown TO limu_publisher;
GRANT USAGE ON SCHEMA staging TO limu_app;

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA limu;

-- The register's clock: the machine's, shifted only for demonstration and tests. The owner alone may shift it.
CREATE TABLE IF NOT EXISTS limu.clock_setting (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    shift interval NOT NULL DEFAULT '0'
);
INSERT INTO limu.clock_setting (shift) VALUES ('0') ON CONFLICT DO NOTHING;

CREATE OR REPLACE FUNCTION limu.register_now() RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = limu, pg_temp
AS $$ SELECT statement_timestamp() + shift FROM limu.clock_setting $$;

-- Days are days in China (design.md 7): a term that ends today ends at midnight there.
CREATE OR REPLACE FUNCTION limu.register_today() RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = limu, pg_temp
AS $$ SELECT ((statement_timestamp() + shift) AT TIME ZONE 'Asia/Shanghai')::date FROM limu.clock_setting $$;

-- GB 32100-2015: 18 characters of a 31-letter alphabet, the last one a check character (weights 3^(i-1) mod 31).
CREATE OR REPLACE FUNCTION limu.is_uscc(code text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT code ~ '^[0-9A-HJ-NPQRTUWXY]{18}$' AND (
        31 - (
            (strpos(a, substr(code, 1, 1)) - 1) + (strpos(a, substr(code, 2, 1)) - 1) * 3
            + (strpos(a, substr(code, 3, 1)) - 1) * 9 + (strpos(a, substr(code, 4, 1)) - 1) * 27
            + (strpos(a, substr(code, 5, 1)) - 1) * 19 + (strpos(a, substr(code, 6, 1)) - 1) * 26
            + (strpos(a, substr(code, 7, 1)) - 1) * 16 + (strpos(a, substr(code, 8, 1)) - 1) * 17
            + (strpos(a, substr(code, 9, 1)) - 1) * 20 + (strpos(a, substr(code, 10, 1)) - 1) * 29
            + (strpos(a, substr(code, 11, 1)) - 1) * 25 + (strpos(a, substr(code, 12, 1)) - 1) * 13
            + (strpos(a, substr(code, 13, 1)) - 1) * 8 + (strpos(a, substr(code, 14, 1)) - 1) * 24
            + (strpos(a, substr(code, 15, 1)) - 1) * 10 + (strpos(a, substr(code, 16, 1)) - 1) * 30
            + (strpos(a, substr(code, 17, 1)) - 1) * 28
        ) % 31
    ) % 31 = strpos(a, substr(code, 18, 1)) - 1
    FROM (VALUES ('0123456789ABCDEFGHJKLMNPQRTUWXY')) AS alphabet (a)
$$;
CREATE DOMAIN limu.uscc AS text CHECK (limu.is_uscc(VALUE));

-- Append-only tables refuse change from everyone, their owner included (invariant I6, I7).
CREATE OR REPLACE FUNCTION limu.refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

-- What must be told after a commit. A failed reaction stays here, in view, until it succeeds.
CREATE TABLE limu.outbox (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    body jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT limu.register_now(),
    done_at timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    failure text
);
CREATE INDEX outbox_waiting ON limu.outbox (created_at) WHERE done_at IS NULL;
GRANT SELECT, INSERT, UPDATE ON limu.outbox TO limu_app;

-- One row, bumped by every transaction that changes what the public may see. Its row lock puts the versions in
-- commit order, so a page cached under a version is never older than that version.
CREATE TABLE limu.register_state (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version bigint NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT limu.register_now()
);
INSERT INTO limu.register_state DEFAULT VALUES;
GRANT SELECT, UPDATE ON limu.register_state TO limu_app;

-- A department sees its own rows; the credit centre and the intake of a chunk see what their session was opened for.
-- The settings are made by department/store.py:enter with SET LOCAL, and nowhere else.
CREATE OR REPLACE FUNCTION limu.current_department() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT nullif(current_setting('limu.department', true), '')::uuid $$;
CREATE OR REPLACE FUNCTION limu.reaches_all() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT coalesce(current_setting('limu.reach', true), '') = 'centre' $$;
