-- Signed packs of law, catalogue and calendars; confirmations by the deployment's officers; local additions.
CREATE TABLE limu.law_pack (
    hash bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
    version text NOT NULL,
    signed_by text NOT NULL,
    body bytea NOT NULL,
    taken_in_at timestamptz NOT NULL DEFAULT limu.register_now()
);
-- Two people, each against the official text whose hash they saw. One row a person.
CREATE TABLE limu.law_confirmation (
    rule_key text NOT NULL,
    person uuid NOT NULL REFERENCES limu.person,
    officer uuid NOT NULL REFERENCES limu.officer,
    text_hash bytea NOT NULL CHECK (octet_length(text_hash) = 32),
    confirmed_at timestamptz NOT NULL DEFAULT limu.register_now(),
    PRIMARY KEY (rule_key, person)
);
CREATE VIEW limu.law_confirmed WITH (security_invoker = true) AS
    SELECT rule_key FROM limu.law_confirmation GROUP BY rule_key, text_hash HAVING count(DISTINCT person) >= 2;
CREATE TABLE limu.law_addition (
    rule_key text PRIMARY KEY,
    difference text NOT NULL,
    article text NOT NULL,
    address text NOT NULL,
    body jsonb NOT NULL,
    added_by uuid NOT NULL REFERENCES limu.officer,
    added_at timestamptz NOT NULL DEFAULT limu.register_now()
);
CREATE TRIGGER law_pack_append_only BEFORE UPDATE OR DELETE ON limu.law_pack
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER law_confirmation_append_only BEFORE UPDATE OR DELETE ON limu.law_confirmation
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
GRANT SELECT, INSERT ON limu.law_pack, limu.law_confirmation, limu.law_addition TO limu_app;
GRANT SELECT ON limu.law_confirmed TO limu_app;
GRANT SELECT ON limu.law_confirmation, limu.law_addition TO limu_publisher;
CREATE VIEW shown.law_confirmed AS
    SELECT rule_key, min(confirmed_at) AS confirmed_at FROM limu.law_confirmation
    GROUP BY rule_key, text_hash HAVING count(DISTINCT person) >= 2;
CREATE VIEW shown.law_addition AS SELECT rule_key, difference, article, address, added_at FROM limu.law_addition;
ALTER VIEW shown.law_confirmed OWNER TO limu_publisher;
ALTER VIEW shown.law_addition OWNER TO limu_publisher;
GRANT SELECT ON shown.law_confirmed, shown.law_addition TO limu_web, limu_app;
