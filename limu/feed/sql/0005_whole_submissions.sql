-- Marks of whole submissions and subjects are few among the marks of records, and are looked for before each batch.
CREATE INDEX feed_dirty_whole ON limu.feed_dirty (id) WHERE record IS NULL;
