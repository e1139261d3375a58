-- Lists ask for the records of a few small items among millions (shown.list_entry).
CREATE INDEX record_item ON limu.record (item);
