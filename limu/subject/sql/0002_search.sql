-- Name search. Only names that the public may search stand here: of searchable subjects with a code.
CREATE TABLE limu.search_name (
    subject uuid NOT NULL,
    name_normal text NOT NULL,
    is_current boolean NOT NULL,
    initials text NOT NULL,
    pinyin text NOT NULL,
    -- Bigrams of the name and trigrams of its initials, folded to 32 bits (subject/rules_grams.py).
    grams integer[] NOT NULL
);
CREATE INDEX search_name_of ON limu.search_name (subject);
CREATE INDEX search_name_grams ON limu.search_name USING gin (grams);

-- What a short query needs, kept beside the names in the same transaction: how many subjects have the gram in a
-- current or former name, and the best twenty of them as rank (4 digits) and subject, in order.
CREATE TABLE limu.search_gram (
    gram bigint PRIMARY KEY,
    total integer NOT NULL CHECK (total >= 0),
    best text[] NOT NULL
) WITH (fillfactor = 80);

CREATE FUNCTION limu.merge_best(one text[], other text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT ARRAY(SELECT e FROM (SELECT DISTINCT ON (substr(e, 5)) e FROM unnest(one || other) AS e
                                ORDER BY substr(e, 5), e COLLATE "C") AS once
                 ORDER BY e COLLATE "C" LIMIT 20)
$$;

-- Loading a whole register: an index made afterwards costs a third of one kept up row by row. Same transaction.
CREATE FUNCTION limu.drop_search_index() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = limu, pg_temp
AS $$ DROP INDEX IF EXISTS limu.search_name_grams $$;
CREATE FUNCTION limu.make_search_index() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = limu, pg_temp
AS $$
    CREATE INDEX IF NOT EXISTS search_name_grams ON limu.search_name USING gin (grams);
    -- The planner must know the new sizes before the first search and the first linking, not when autovacuum comes.
    ANALYZE limu.subject, limu.subject_name, limu.subject_number, limu.search_name, limu.search_gram
$$;
REVOKE EXECUTE ON FUNCTION limu.drop_search_index(), limu.make_search_index() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION limu.drop_search_index(), limu.make_search_index() TO limu_app;

GRANT SELECT, INSERT, UPDATE, DELETE ON limu.search_name, limu.search_gram TO limu_app;
GRANT SELECT ON limu.search_name, limu.search_gram, limu.subject_number TO limu_publisher;

CREATE VIEW shown.search_name AS
    SELECT subject, name_normal, is_current, initials, pinyin, grams FROM limu.search_name;
CREATE VIEW shown.search_gram AS SELECT gram, total, best FROM limu.search_gram;
-- Older numbers, found by the exact number: a view that lists them would be a directory of them.
CREATE FUNCTION shown.find_number(wanted text) RETURNS TABLE (subject uuid, kind text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = limu, pg_temp
AS $$
    SELECT n.subject, n.kind FROM limu.subject_number n JOIN limu.subject s ON s.id = n.subject
    WHERE n.number = wanted AND n.kind <> 'irregular_code' AND s.is_searchable AND s.uscc IS NOT NULL
    ORDER BY n.subject LIMIT 100
$$;
ALTER VIEW shown.search_name OWNER TO limu_publisher;
ALTER VIEW shown.search_gram OWNER TO limu_publisher;
ALTER FUNCTION shown.find_number(text) OWNER TO limu_publisher;
REVOKE EXECUTE ON FUNCTION shown.find_number(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shown.find_number(text) TO limu_web, limu_app;
GRANT SELECT ON shown.search_name, shown.search_gram TO limu_web, limu_app;
