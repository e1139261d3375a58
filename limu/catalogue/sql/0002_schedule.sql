-- By when a department files an item. Without a row here an item is due on the last day of each month, or in the months
-- its frequency names (limu/catalogue/rules_schedule.py).
ALTER TABLE limu.item_owner ADD COLUMN since date NOT NULL DEFAULT limu.register_today();
CREATE TABLE limu.collection_schedule (
    item text NOT NULL,
    department uuid NOT NULL,
    due_day smallint NOT NULL CHECK (due_day BETWEEN 1 AND 31),
    -- Months in which it is due; none means every month.
    months smallint[] NOT NULL DEFAULT '{}' CHECK (months <@ '{1,2,3,4,5,6,7,8,9,10,11,12}'::smallint[]),
    PRIMARY KEY (item, department),
    FOREIGN KEY (item, department) REFERENCES limu.item_owner (item, department)
);
-- What the credit centre reminded a department of (催报).
CREATE TABLE limu.collection_reminder (
    id uuid PRIMARY KEY,
    item text NOT NULL,
    department uuid NOT NULL,
    due_on date NOT NULL,
    officer uuid NOT NULL REFERENCES limu.officer,
    sent_at timestamptz NOT NULL DEFAULT limu.register_now(),
    FOREIGN KEY (item, department) REFERENCES limu.item_owner (item, department),
    UNIQUE (item, department, due_on)
);
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['collection_schedule', 'collection_reminder'] LOOP
        EXECUTE format('ALTER TABLE limu.%I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE limu.%I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY own_department ON limu.%I TO limu_app USING (department = (SELECT limu.current_department()) OR (SELECT limu.reaches_all()))', t);
    END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE ON limu.collection_schedule TO limu_app;
GRANT SELECT, INSERT ON limu.collection_reminder TO limu_app;
