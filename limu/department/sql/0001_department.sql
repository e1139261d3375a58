-- Departments, the people who work there, and the accounts by which they act.
CREATE TABLE limu.department (
    id uuid PRIMARY KEY,
    uscc limu.uscc NOT NULL UNIQUE,
    name text NOT NULL UNIQUE,
    short_name text NOT NULL,
    region char(6) NOT NULL,
    is_centre boolean NOT NULL DEFAULT false,
    added_at timestamptz NOT NULL DEFAULT limu.register_now()
);

-- A person may hold several accounts; every rule of "two people" counts people, never accounts.
CREATE TABLE limu.person (id uuid PRIMARY KEY, name text NOT NULL);

CREATE TABLE limu.officer (
    id uuid PRIMARY KEY,
    code text NOT NULL UNIQUE CHECK (code ~ '^[a-z][a-z0-9._-]{1,62}$'),
    person uuid NOT NULL REFERENCES limu.person,
    department uuid NOT NULL REFERENCES limu.department,
    roles text[] NOT NULL CHECK (
        roles <> '{}' AND roles <@ ARRAY['clerk', 'reviewer', 'repair_officer', 'confirmer', 'list_officer',
            'catalogue_editor', 'centre_officer', 'supervisor', 'auditor', 'security_administrator',
            'system_administrator']
        -- No account holds two of the three administrations (GB/T 22239 8.1.5); the people rule is a trigger below.
        AND (roles @> ARRAY['auditor'])::int + (roles @> ARRAY['security_administrator'])::int
            + (roles @> ARRAY['system_administrator'])::int <= 1),
    is_active boolean NOT NULL DEFAULT true,
    is_demonstration boolean NOT NULL DEFAULT false,
    added_at timestamptz NOT NULL DEFAULT limu.register_now()
);
CREATE INDEX officer_of_department ON limu.officer (department);

CREATE FUNCTION limu.refuse_two_administrations() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE held text[];
BEGIN
    SELECT array_agg(DISTINCT role) INTO held FROM limu.officer o, unnest(o.roles) role
    WHERE o.person = NEW.person AND o.id <> NEW.id AND o.is_active
      AND role IN ('auditor', 'security_administrator', 'system_administrator');
    IF (SELECT count(DISTINCT role) FROM unnest(coalesce(held, '{}') || NEW.roles) role
        WHERE role IN ('auditor', 'security_administrator', 'system_administrator')) > 1 THEN
        RAISE EXCEPTION 'one person may not hold two of audit, security and system administration'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER officer_administrations BEFORE INSERT OR UPDATE ON limu.officer
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_two_administrations();

GRANT SELECT, INSERT ON limu.department, limu.person, limu.officer TO limu_app;
GRANT UPDATE (roles, is_active) ON limu.officer TO limu_app;
GRANT SELECT ON limu.department TO limu_publisher;
