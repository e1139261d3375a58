-- No query chooses its way by these columns, and to look at a sample of them is most of what gathering statistics costs:
-- texts of some hundred characters, arrays, hashes. It is done again and again while a register fills.
ALTER TABLE limu.record ALTER content SET STATISTICS 0, ALTER closed SET STATISTICS 0,
    ALTER content_hash SET STATISTICS 0, ALTER kinds SET STATISTICS 0;
ALTER TABLE limu.record_event ALTER body SET STATISTICS 0, ALTER officers SET STATISTICS 0,
    ALTER commitment SET STATISTICS 0;
ALTER TABLE limu.pending_record ALTER record SET STATISTICS 0, ALTER candidates SET STATISTICS 0,
    ALTER party SET STATISTICS 0;
