-- The same number of the transaction, without its being written as text and read again for every event.
ALTER TABLE limu.record_event ALTER entered_in SET DEFAULT txid_current();
ALTER TABLE limu.record_event_rows ALTER entered_in SET DEFAULT txid_current();
