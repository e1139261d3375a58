-- What somebody with the whole database in his hands could do, triggers and keys out of the way: each breaks one promise.
-- A line `--: promise | what was done` begins a deed; the promise is named by its key and its first words.

--: I1 公示的 | a term made longer
UPDATE limu.publication SET shown_until = shown_until + 400 WHERE decision = 'published' AND
    known_until = 'infinity';

--: I1 公示的 | the view shows what is past its term
UPDATE limu.record_event SET body = jsonb_set(body, '{shown_until}', '"2026-08-01"') WHERE kind =
    'record_entered';

--: I1 列表 | a list that shows more than the pages
CREATE OR REPLACE VIEW shown.record AS SELECT * FROM shown.record_source WHERE false;

--: I2 修复 | a repaired record opened again
DELETE FROM limu.publication WHERE decision = 'ended';
UPDATE limu.publication SET known_until = 'infinity' WHERE record = (SELECT record FROM
    limu.record_event WHERE kind = 'record_repaired');

--: I2 变更流 | content of a repaired record in the feed
INSERT INTO limu.feed_event (timepoint, record, subject, item, region, kind, reason, is_end,
    is_current, shown_until) SELECT 99, record, subject, 'penalty', '', 'record.published', 'x',
    false, false, '2099-01-01' FROM limu.record_event WHERE kind = 'record_repaired';
INSERT INTO limu.feed_copy (policy, timepoint, record, item, region, leaf, digest, mark, body) SELECT
    1, 99, record, item, '', 1, '\x00000000000000000000000000000000', 1, '{}' FROM limu.feed_event
    WHERE timepoint = 99;

--: I2 恢复 | brought back by one person alone
INSERT INTO limu.record_event (id, subject, record, department, kind, effective_on, recorded_at,
    officers, body, commitment, salt_block, salt_index) SELECT gen_random_uuid(), subject, record,
    department, 'record_restored', effective_on, recorded_at + interval '1 second', officers, '{}',
    commitment, salt_block, salt_index FROM limu.record_event WHERE kind = 'record_repaired';

--: I2 已终止的决定 | the same decision still public under another writing
UPDATE limu.record SET subject = o.subject, document_number = replace(o.document_number, '〔', '（')
    FROM limu.record o JOIN limu.record_event e ON e.subject = o.subject AND e.record = o.id
    WHERE e.kind = 'record_repaired' AND record.id IN (SELECT id FROM shown.record LIMIT 1);
UPDATE limu.publication p SET subject = r.subject FROM limu.record r WHERE r.id = p.record AND r.subject <> p.subject;

--: I3 | a basis that lost its rank
UPDATE limu.measure_basis SET rank = 'normative_document', region = '';

--: I3 | a basis that was repealed
ALTER TABLE limu.measure_rule DROP CONSTRAINT during_life_of_basis;
UPDATE limu.measure_rule SET during = daterange('2020-01-01', '2021-01-01');
CREATE OR REPLACE VIEW shown.active_measure AS SELECT * FROM shown.measure_period;

--: I4 每项 | an entry without its notice
DELETE FROM limu.list_step WHERE kind = 'notice';

--: I4 列入 | an entry without an end
UPDATE limu.list_entry SET ends_on = NULL;

--: I5 同一 | the same decision twice
UPDATE limu.record SET natural_key = '\x00000000000000000000000000000000', version = row_number,
    subject = subject WHERE subject IN (SELECT subject FROM shown.record);
UPDATE limu.record SET subject = (SELECT min(subject::text)::uuid FROM shown.record) WHERE id IN
    (SELECT id FROM shown.record);
UPDATE limu.publication SET subject = (SELECT min(subject::text)::uuid FROM shown.record) WHERE
    record IN (SELECT id FROM limu.record WHERE natural_key = '\x00000000000000000000000000000000');

--: I5 每条 | a record entered twice
INSERT INTO limu.record_event SELECT gen_random_uuid(), subject, record, department, kind,
    effective_on, recorded_at, officers, reason, citation, body, commitment, salt_block, salt_index
    FROM limu.record_event WHERE kind = 'record_entered';

--: I5 每件 | a step of a case gone
DELETE FROM limu.case_step WHERE kind = 'propose';

--: I6 每个事件 | an event without its salt
DELETE FROM limu.log_salt;

--: I6 公示的现状 | an event whose publication never ended
UPDATE limu.publication SET decision = 'withheld' WHERE decision = 'ended' AND record = (SELECT
    record FROM limu.record_event WHERE kind = 'record_repaired');

--: I6 同意 | a repair without its letter
DELETE FROM limu.letter WHERE kind = 'repair_decision';

--: I6 同意 | a repair whose list entry stayed
DELETE FROM limu.list_step WHERE kind = 'exit';
UPDATE limu.list_entry SET exited_on = NULL, exit_kind = NULL;

--: I6 每个修复 | a repair nobody decided
DELETE FROM limu.case_step;
DELETE FROM limu.case_file;

--: I6 公示的每次 | an end of which the feed was told nothing
UPDATE limu.publication SET decision = 'withheld' WHERE decision = 'published' AND known_until =
    'infinity';
DELETE FROM limu.feed_dirty;

--: I6 办结 | a removal agreed to and not done
INSERT INTO limu.removal (id, department, record, kind, reason, citation, asked_by, settled_by,
    settled_at, is_done) SELECT gen_random_uuid(), department, id, 'record_revoked', 'x', 'y',
    gen_random_uuid(), gen_random_uuid(), now(), true FROM limu.record LIMIT 1;

--: I7 公开 | a leaf cut out
DELETE FROM limu.log_sequence WHERE position = 1;

--: I7 日志的 | an event rewritten
UPDATE limu.record_event SET reason = '另一理由' WHERE kind = 'record_repaired';

--: I7 日志只 | a larger head that is older
UPDATE limu.log_head SET sequenced_at = sequenced_at + interval '1 day';
INSERT INTO limu.log_head SELECT size + 1, root, frontier, sequenced_at - interval '2 days' FROM
    limu.log_head;

--: I7 曾经 | an old head that is no part of today's log
INSERT INTO limu.log_head (size, root, frontier, sequenced_at) VALUES (1,
    '\x0000000000000000000000000000000000000000000000000000000000000000',
    '\x0000000000000000000000000000000000000000000000000000000000000000', now() - interval '1 day');

--: I8 变更流 | an event of the feed lost
DELETE FROM limu.feed_event WHERE timepoint = 1;

--: I8 公示的 | a public record that the feed forgot
DELETE FROM limu.feed_event;
DELETE FROM limu.feed_dirty;

--: I8 供 | a copy changed under its digest
UPDATE limu.feed_copy SET mark = mark + 1 WHERE timepoint = (SELECT min(timepoint) FROM
    limu.feed_copy);

--: I8 接收 | acknowledged and never given
INSERT INTO limu.feed_receipt (holder, is_acknowledged, span) VALUES (gen_random_uuid(), true,
    '[1,2]');

--: I9 每次 | a check without a trail
DELETE FROM limu.read_ticket_spent;
DELETE FROM limu.read_ticket;

--: I9 查阅 | a trail written afterwards
UPDATE limu.read_ticket SET opened_at = opened_at + interval '1 day';

--: I10 没有人确认 | a decision confirmed by who proposed it
UPDATE limu.case_step SET person = (SELECT person FROM limu.case_step WHERE kind = 'propose') WHERE
    kind = 'confirm';

--: I10 终止 | an end by one person
UPDATE limu.record_event SET officers = officers[1:1] WHERE kind = 'record_repaired';

--: I10 没有人批准 | a wish granted by who asked
ALTER TABLE limu.removal DROP CONSTRAINT removal_check;
INSERT INTO limu.removal (id, department, record, kind, reason, citation, asked_by, settled_by,
    settled_at, is_done) SELECT gen_random_uuid(), department, gen_random_uuid(), 'record_revoked',
    'x', 'y', id, id, now(), true FROM limu.officer LIMIT 1;

--: I10 列入 | an entry decided by who proposed it
ALTER TABLE limu.list_entry DROP CONSTRAINT decided_by_a_second_person;
UPDATE limu.list_entry SET decided_by = proposed_by;

--: I11 有 | a table opened to all
ALTER TABLE limu.record NO FORCE ROW LEVEL SECURITY;

--: I11 任何 | a policy widened
CREATE POLICY leak ON limu.publication TO limu_app USING (true);

--: I12 | an identity number in a public text
UPDATE limu.record SET content = jsonb_set(content, '{facts}', '"联系人 11010519491231002X"');

--: I12 | an identity number in the feed
UPDATE limu.feed_copy SET body = jsonb_set(body::jsonb, '{content,facts}',
    '"11010519491231002X"')::text;

--: I16 | a row that nobody accounts for
ALTER TABLE limu.submission DROP CONSTRAINT counts_add_up;
UPDATE limu.submission SET received = received + 1;

--: I20 | an event from tomorrow
UPDATE limu.record_event SET recorded_at = recorded_at + interval '2 days' WHERE kind =
    'record_repaired';
