-- A problem sent to a department (问题派发): rows of one item turned away under one rule, to be mended by a day. It is
-- closed by the act that leaves no such row open, not by a person.
CREATE TABLE limu.problem_dispatch (
    id uuid PRIMARY KEY,
    department uuid NOT NULL REFERENCES limu.department,
    item text NOT NULL,
    rule text NOT NULL,
    rows integer NOT NULL CHECK (rows > 0),
    note text NOT NULL,
    due_on date NOT NULL,
    is_provisional boolean NOT NULL,
    officer uuid NOT NULL REFERENCES limu.officer,
    sent_at timestamptz NOT NULL DEFAULT limu.register_now(),
    closed_at timestamptz
);
CREATE UNIQUE INDEX problem_dispatch_open ON limu.problem_dispatch (department, item, rule) WHERE closed_at IS NULL;
ALTER TABLE limu.problem_dispatch ENABLE ROW LEVEL SECURITY;
ALTER TABLE limu.problem_dispatch FORCE ROW LEVEL SECURITY;
CREATE POLICY own_department ON limu.problem_dispatch TO limu_app
    USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()));
GRANT SELECT, INSERT ON limu.problem_dispatch TO limu_app;
GRANT UPDATE (closed_at) ON limu.problem_dispatch TO limu_app;
