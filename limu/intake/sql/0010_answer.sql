-- The answer workbook of a large batch, written by the worker: asked for, and once it is written its hash; the content
-- lies encrypted in the file store and is destroyed with its upload's time.
CREATE TABLE limu.answer_workbook (
    submission uuid PRIMARY KEY REFERENCES limu.submission,
    department uuid NOT NULL REFERENCES limu.department,
    asked_at timestamptz NOT NULL DEFAULT limu.register_now(),
    file_hash bytea CHECK (octet_length(file_hash) = 32),
    made_at timestamptz,
    CHECK ((file_hash IS NULL) = (made_at IS NULL))
);
ALTER TABLE limu.answer_workbook ENABLE ROW LEVEL SECURITY;
ALTER TABLE limu.answer_workbook FORCE ROW LEVEL SECURITY;
CREATE POLICY own_department ON limu.answer_workbook TO limu_app
    USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()));
GRANT SELECT, INSERT, UPDATE, DELETE ON limu.answer_workbook TO limu_app;
