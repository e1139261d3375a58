-- A row sent again with a code it did not state before says more than the row that waits: it is kept beside it, so
-- that it gets a judgement of its own. Without a new code it is the same row, kept once.
ALTER TABLE limu.pending_record
    DROP CONSTRAINT pending_record_department_item_natural_key_party_normal_con_key;
CREATE UNIQUE INDEX pending_once ON limu.pending_record (
    department, item, natural_key, party_normal, content_hash, (coalesce(party ->> 'uscc', '')));
