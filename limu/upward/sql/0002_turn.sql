-- A record may go up more than once: reported, withdrawn, reported again where it is lawfully restored. Its turns are
-- numbered, and the platform above lets the highest hold, in whatever order they reach it. A withdrawal says why, and
-- by which document: a repair decision of ours is one that waits for its receipt.
CREATE POLICY for_receipts ON limu.upward_row TO limu_owner USING (true);
CREATE POLICY for_receipts ON limu.upward_package TO limu_owner USING (true);
ALTER TABLE limu.upward_row DISABLE TRIGGER upward_row_answered_once;
ALTER TABLE limu.upward_row
    ADD COLUMN turn integer NOT NULL DEFAULT 1 CHECK (turn > 0),
    ADD COLUMN reason text NOT NULL DEFAULT '',
    ADD COLUMN document text NOT NULL DEFAULT '';
UPDATE limu.upward_row SET turn = 2 WHERE operation = 'withdraw';
-- What is on its way is packed again: a package now keeps its very bytes until it is answered, so that no later edition
-- of an item, and no later name of a subject, makes another content of it.
UPDATE limu.upward_row SET state = 'waiting', package = NULL WHERE state = 'packed';
UPDATE limu.upward_package SET answered_at = limu.register_now() WHERE answered_at IS NULL;
ALTER TABLE limu.upward_package ADD COLUMN content bytea CHECK (content IS NULL OR answered_at IS NULL);
ALTER TABLE limu.upward_row DROP CONSTRAINT upward_row_pkey;
ALTER TABLE limu.upward_row ADD PRIMARY KEY (record, turn);
ALTER TABLE limu.upward_row ENABLE TRIGGER upward_row_answered_once;
GRANT UPDATE (content) ON limu.upward_package TO limu_app;
