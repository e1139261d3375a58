-- Measures by law (Opinion item 12; law.md 5). What may not be held is refused here, by keys and checks, from everyone.
-- A place inside another: '' is the whole country, division codes nest by pairs from the left (GB/T 2260).
CREATE FUNCTION limu.is_within(place text, whole text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT place LIKE (regexp_replace(whole, '(00)+$', '') || '%') $$;

-- The articles that carry a measure or a list, as the law book of this deployment holds them.
CREATE TABLE limu.measure_basis (
    article text PRIMARY KEY,
    instrument text NOT NULL,
    citation text NOT NULL CHECK (citation <> ''),
    rank text NOT NULL CHECK (rank IN ('law', 'administrative_regulation', 'local_regulation', 'judicial_interpretation',
        'central_policy', 'departmental_rule', 'normative_document', 'standard', 'design')),
    region text NOT NULL DEFAULT '' CHECK (region ~ '^([0-9]{6})?$'),
    in_force daterange NOT NULL,
    -- True where the article itself names affiliates; without it no measure reaches beyond the subject of its ground.
    names_affiliates boolean NOT NULL DEFAULT false,
    CHECK ((rank = 'local_regulation') <= (region <> '')),
    CHECK ((rank IN ('law', 'administrative_regulation')) <= (region = '')),
    UNIQUE (article, rank, region, in_force, names_affiliates)
);

-- The fourteen measures. Whom they aim at is a closed list of organisations: a natural person has no word in it.
CREATE TABLE limu.measure_kind (
    code text PRIMARY KEY,
    number integer NOT NULL UNIQUE,
    name text NOT NULL CHECK (name <> ''),
    effect text NOT NULL CHECK (effect IN ('reduces_rights', 'management', 'market')),
    targets text[] NOT NULL CHECK (targets <@ ARRAY['organisation', 'public_body']),
    body text NOT NULL,
    -- What the law aims at natural persons alone, and what others decide by themselves, is printed and never applied.
    is_applied boolean GENERATED ALWAYS AS (targets <> '{}' AND effect <> 'market') STORED,
    UNIQUE (code, effect, is_applied)
);

-- What a measure may rest on: entries of a list, or published records of an item.
CREATE TABLE limu.ground_kind (
    code text PRIMARY KEY,
    name text NOT NULL CHECK (name <> ''),
    items text[] NOT NULL DEFAULT '{}',
    list_names text[] NOT NULL DEFAULT '{}',
    kinds text[] NOT NULL DEFAULT '{}',
    words text[] NOT NULL DEFAULT '{}',
    needs_notice boolean NOT NULL,
    is_confirmed boolean NOT NULL DEFAULT false
);

-- Which measure follows from which ground, by which article, where, when and at which acts.
CREATE TABLE limu.measure_rule (
    code text PRIMARY KEY,
    kind text NOT NULL,
    effect text NOT NULL,
    is_applied boolean NOT NULL DEFAULT true CHECK (is_applied),
    basis text NOT NULL,
    basis_rank text NOT NULL,
    basis_region text NOT NULL,
    basis_in_force daterange NOT NULL,
    basis_names_affiliates boolean NOT NULL DEFAULT false,
    region text NOT NULL CHECK (region ~ '^([0-9]{6})?$'),
    during daterange NOT NULL,
    ground_kind text NOT NULL REFERENCES limu.ground_kind,
    acts text[] NOT NULL CHECK (acts <> '{}' AND acts <@ ARRAY['government_funds', 'procurement', 'bidding', 'licensing',
        'registration', 'land', 'tax_preference', 'honours', 'financing', 'supervision', 'consumption', 'publication']),
    term interval CHECK (term > '0'),
    body text NOT NULL CHECK (body <> ''),
    reaches_affiliates boolean NOT NULL DEFAULT false,
    is_confirmed boolean NOT NULL DEFAULT false,
    FOREIGN KEY (kind, effect, is_applied) REFERENCES limu.measure_kind (code, effect, is_applied),
    FOREIGN KEY (basis, basis_rank, basis_region, basis_in_force, basis_names_affiliates)
        REFERENCES limu.measure_basis (article, rank, region, in_force, names_affiliates) ON UPDATE CASCADE,
    CONSTRAINT reduces_rights_by_law CHECK (
        effect <> 'reduces_rights' OR basis_rank IN ('law', 'administrative_regulation', 'local_regulation')),
    CONSTRAINT measure_has_rank CHECK (
        basis_rank IN ('law', 'administrative_regulation', 'local_regulation', 'central_policy')),
    CONSTRAINT during_life_of_basis CHECK (during <@ basis_in_force),
    CONSTRAINT inside_territory_of_basis CHECK (limu.is_within(region, basis_region)),
    CONSTRAINT affiliates_by_name CHECK (reaches_affiliates <= basis_names_affiliates)
);
CREATE INDEX measure_rule_of_ground ON limu.measure_rule (ground_kind);

-- The same account, person and department in one key: people are counted, never accounts.
ALTER TABLE limu.officer ADD UNIQUE (id, person, department);

-- Which edition of the law book these tables hold.
CREATE TABLE limu.measure_edition (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    digest text NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT limu.register_now()
);

GRANT SELECT, INSERT, UPDATE ON limu.measure_basis, limu.measure_kind, limu.ground_kind, limu.measure_rule,
    limu.measure_edition TO limu_app;
GRANT SELECT ON limu.measure_basis, limu.measure_kind, limu.ground_kind, limu.measure_rule TO limu_publisher;
