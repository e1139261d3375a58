-- Who looked at what, why, under which basis: written and committed before the data leaves (trust.md 5.1).
CREATE TABLE limu.purpose (
    code text PRIMARY KEY,
    label text NOT NULL,
    basis text NOT NULL
);
INSERT INTO limu.purpose VALUES
    ('own_record', '主体查询本单位信息', '《信用修复管理办法》第二条'),
    ('deciding_body', '认定单位办理本单位作出的决定', '《中华人民共和国行政处罚法》第四十八条'),
    ('matching_review', '信用中心复核主体关联', '国办发〔2020〕49号'),
    ('window_check', '办理事项时核查可以采取的措施', '《关于健全社会信用体系的意见》第十二条'),
    ('audit', '审计核查', '《中华人民共和国数据安全法》第三十八条');

CREATE TABLE limu.read_ticket (
    id uuid PRIMARY KEY,
    officer uuid NOT NULL REFERENCES limu.officer,
    department uuid NOT NULL REFERENCES limu.department,
    purpose text NOT NULL REFERENCES limu.purpose,
    subject uuid,
    scope text NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT limu.register_now(),
    -- The transaction that wrote the ticket; a reader refuses one that has not committed.
    opened_in xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX read_ticket_subject ON limu.read_ticket (subject, opened_at);
CREATE TABLE limu.read_ticket_spent (
    ticket uuid PRIMARY KEY REFERENCES limu.read_ticket,
    spent_at timestamptz NOT NULL DEFAULT limu.register_now()
);
CREATE TRIGGER read_ticket_append_only BEFORE UPDATE OR DELETE ON limu.read_ticket
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
CREATE TRIGGER read_ticket_spent_append_only BEFORE UPDATE OR DELETE ON limu.read_ticket_spent
    FOR EACH ROW EXECUTE FUNCTION limu.refuse_change();
ALTER TABLE limu.read_ticket ENABLE ROW LEVEL SECURITY;
ALTER TABLE limu.read_ticket FORCE ROW LEVEL SECURITY;
CREATE POLICY own_department ON limu.read_ticket TO limu_app
    USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()));
GRANT SELECT ON limu.purpose TO limu_app;
GRANT SELECT, INSERT ON limu.read_ticket, limu.read_ticket_spent TO limu_app;
