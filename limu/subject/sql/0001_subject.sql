-- Organisations (信用主体). A natural person can not be a row here: kinds are a closed list of organisations.
CREATE TABLE limu.subject (
    id uuid PRIMARY KEY,
    -- NULL where the register holds a number that fails the check; it then stands in subject_number, flagged.
    uscc limu.uscc UNIQUE,
    name text NOT NULL CHECK (name <> ''),
    name_normal text NOT NULL,
    -- What the public is shown: the name, or a masked one for a sole trader without a trade name.
    public_name text NOT NULL,
    name_sort text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('enterprise', 'sole_trader', 'cooperative', 'public_institution', 'state_organ',
        'mass_organisation', 'social_organisation', 'foundation', 'private_non_enterprise', 'village_collective',
        'law_firm', 'religious_venue', 'union', 'military', 'foreign_office', 'other')),
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'cancelled', 'revoked', 'moved', 'unknown')),
    region char(6),
    industry text,
    registrar text,
    address text,
    registered_on date,
    -- False for a sole trader without a trade name: found by exact code only, never by a person's name.
    is_searchable boolean NOT NULL,
    source text NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT limu.register_now()
);

CREATE TABLE limu.subject_name (
    subject uuid NOT NULL REFERENCES limu.subject,
    name text NOT NULL,
    name_normal text NOT NULL,
    is_current boolean NOT NULL,
    from_on date,
    until_on date,
    PRIMARY KEY (subject, name_normal)
);
CREATE INDEX subject_name_by_normal ON limu.subject_name (name_normal);
CREATE UNIQUE INDEX subject_one_current_name ON limu.subject_name (subject) WHERE is_current;

-- Older and irregular numbers. Irregular ones link only after two people of the centre confirmed them.
CREATE TABLE limu.subject_number (
    subject uuid NOT NULL REFERENCES limu.subject,
    kind text NOT NULL CHECK (kind IN ('registration', 'organisation', 'tax', 'institution', 'social', 'irregular_code')),
    number text NOT NULL,
    first_confirmed_by uuid REFERENCES limu.person,
    confirmed_by uuid REFERENCES limu.person CHECK (confirmed_by <> first_confirmed_by),
    PRIMARY KEY (number, kind, subject)
);
CREATE INDEX subject_number_of ON limu.subject_number (subject);

GRANT SELECT, INSERT, UPDATE ON limu.subject, limu.subject_name, limu.subject_number TO limu_app;
GRANT SELECT ON limu.subject, limu.subject_name TO limu_publisher;
-- The organisation code inside the unified one: what a 15-digit tax number or an old certificate still points to.
CREATE INDEX subject_by_organisation ON limu.subject (substr(uscc::text, 9, 9));
