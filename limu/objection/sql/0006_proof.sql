-- Proof that an organisation hands in with its own words: seen by the subject and by who looks the words through at the
-- centre, and by nobody else; the words alone are public. The content lies encrypted under its hash.
CREATE TABLE limu.declaration_document (
    id uuid PRIMARY KEY,
    declaration uuid NOT NULL REFERENCES limu.declaration,
    subject uuid NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    file_hash bytea NOT NULL CHECK (octet_length(file_hash) = 32),
    bytes bigint NOT NULL CHECK (bytes > 0),
    added_at timestamptz NOT NULL DEFAULT limu.register_now()
);
CREATE INDEX declaration_document_of ON limu.declaration_document (declaration, added_at);
CREATE INDEX declaration_document_file ON limu.declaration_document (file_hash);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON limu.declaration_document
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON limu.declaration_document
    FOR EACH STATEMENT EXECUTE FUNCTION limu.refuse_change();
ALTER TABLE limu.declaration_document ENABLE ROW LEVEL SECURITY;
ALTER TABLE limu.declaration_document FORCE ROW LEVEL SECURITY;
CREATE POLICY read_own ON limu.declaration_document FOR SELECT TO limu_app
    USING (subject = (SELECT limu.current_subject()) OR (SELECT limu.reaches_all()));
CREATE POLICY for_steps ON limu.declaration_document FOR SELECT TO limu_owner USING (true);
CREATE POLICY write_own ON limu.declaration_document FOR INSERT TO limu_app
    WITH CHECK (subject = (SELECT limu.current_subject()) AND EXISTS (
        SELECT FROM limu.declaration d WHERE d.id = declaration AND d.subject = declaration_document.subject));
GRANT SELECT, INSERT ON limu.declaration_document TO limu_app;
