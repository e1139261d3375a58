-- What must hold at every moment, whatever was killed (trust.md 3.1): each query lists what breaks it, by a text `who`.
-- Read under the centre's reach, in one snapshot, changing nothing. A line `--: key sentence` begins a query.

--: I1 公示的信息都在公示期内，期限与入库时依法判定的一致
SELECT r.id::text AS who FROM shown.record r
LEFT JOIN LATERAL (
    SELECT e.body FROM limu.record_event e
    WHERE e.subject = r.subject AND e.record = r.id AND e.kind IN ('record_entered', 'record_corrected')
    ORDER BY e.recorded_at LIMIT 1) told ON true
WHERE told.body IS NULL OR told.body ->> 'decision' <> 'published'
   OR (told.body ->> 'shown_from')::date IS DISTINCT FROM r.shown_from
   OR (told.body ->> 'shown_until')::date IS DISTINCT FROM r.shown_until
   OR limu.register_today() < r.shown_from OR limu.register_today() >= r.shown_until

--: I1 列表给出的每一条都在公示期内
SELECT r.id::text AS who FROM shown.listed_records(
    (SELECT array_agg(DISTINCT code) FROM limu.catalogue_item), NULL, NULL, NULL, NULL, NULL, NULL, NULL, false, NULL,
    NULL, 100000) r
WHERE NOT EXISTS (SELECT FROM shown.record s WHERE s.subject = r.subject AND s.id = r.id)

--: I2 修复、撤销、删除、更正之后不再公示
SELECT r.id::text AS who FROM shown.record r
WHERE (SELECT e.kind FROM limu.record_event e WHERE e.subject = r.subject AND e.record = r.id
         AND e.kind = ANY (%(turning)s::text[])
       ORDER BY e.recorded_at DESC, e.id DESC LIMIT 1) = ANY (%(ending)s::text[])

--: I2 恢复公示都凭已送达的文书，由两人办理
SELECT e.record::text AS who FROM limu.record_event e
WHERE e.kind = ANY (%(restoring)s::text[])
  AND NOT EXISTS (SELECT FROM limu.restoration o WHERE o.record = e.record AND o.subject = e.subject
                  AND o.person <> o.second_person AND o.made_at <= e.recorded_at + interval '1 minute')

--: I2 变更流不再给出已终止信息的内容
SELECT c.record::text AS who FROM limu.feed_copy c
JOIN limu.feed_event e ON e.timepoint = c.timepoint
WHERE e.shown_until > limu.register_today()
  AND NOT EXISTS (SELECT FROM limu.feed_dirty d WHERE d.record = c.record)
  AND NOT EXISTS (SELECT FROM shown.record r WHERE r.subject = e.subject AND r.id = c.record)
  AND NOT EXISTS (SELECT FROM shown.list_entry l WHERE l.id = c.record)
  AND NOT EXISTS (SELECT FROM limu.feed_dirty d LEFT JOIN limu.record m ON m.id = c.record
                  WHERE d.record IS NULL AND (d.subject = e.subject OR d.submission = m.submission))

--: I2 已终止的决定没有换一种文号写法或者换一个报送单位继续公示
SELECT r.id::text AS who FROM shown.record r JOIN limu.record m ON m.subject = r.subject AND m.id = r.id
CROSS JOIN LATERAL shown.ended_twin(
    m.subject, m.item, m.document_number, m.department, m.authority, m.decided_on, m.id) twin

--: I3 每项有效措施都有有效的事由和今天有效、位阶足够的依据
SELECT a.rule || ' ' || a.ground AS who FROM shown.active_measure a
LEFT JOIN limu.measure_rule r ON r.code = a.rule
LEFT JOIN limu.measure_basis b ON b.article = r.basis
WHERE b.article IS NULL OR NOT r.is_confirmed
   OR NOT b.in_force @> limu.register_today() OR NOT r.during @> limu.register_today()
   OR b.rank NOT IN ('law', 'administrative_regulation', 'local_regulation', 'central_policy')
   OR (r.effect = 'reduces_rights' AND b.rank = 'central_policy')
   OR NOT (
       EXISTS (SELECT FROM shown.record p WHERE p.subject = a.subject AND p.id = a.ground)
       OR EXISTS (
           SELECT FROM limu.list_entry e
           WHERE e.id = a.ground AND e.subject = a.subject AND e.decided_on IS NOT NULL AND e.served_on IS NOT NULL
             AND e.exited_on IS NULL AND e.ends_on > limu.register_today()
             AND (e.record IS NULL OR coalesce((
                 SELECT v.kind FROM limu.record_event v
                 WHERE v.subject = e.subject AND v.record = e.record AND v.kind = ANY (%(turning)s::text[])
                 ORDER BY v.recorded_at DESC, v.id DESC LIMIT 1), '') <> ALL (%(ending)s::text[]))))

--: I4 每项列入都有列入和移出的规则、告知、决定、送达和移出日期
SELECT e.id::text AS who FROM limu.list_entry e
LEFT JOIN limu.listing_kind k ON k.code = e.list
WHERE e.served_on IS NOT NULL
  AND (coalesce(k.rule, '') = '' OR coalesce(k.basis, '') = '' OR e.ends_on IS NULL
       OR (SELECT count(DISTINCT s.kind) FROM limu.list_step s
           WHERE s.entry = e.id AND s.kind IN ('notice', 'decision', 'service')) < 3)

--: I4 列入的现状与它的各步文书一致
SELECT e.id::text AS who FROM limu.list_entry e
LEFT JOIN LATERAL (
    SELECT max(s.on_day) FILTER (WHERE s.kind = 'notice') AS noticed_on,
           max(s.on_day) FILTER (WHERE s.kind = 'decision') AS decided_on,
           max(s.until_day) FILTER (WHERE s.kind = 'decision') AS ends_on,
           max(s.on_day) FILTER (WHERE s.kind = 'service') AS served_on,
           max(s.on_day) FILTER (WHERE s.kind IN ('exit', 'refusal')) AS exited_on
    FROM limu.list_step s WHERE s.entry = e.id) told ON true
WHERE (e.noticed_on, e.decided_on, e.ends_on, e.served_on, e.exited_on)
      IS DISTINCT FROM (told.noticed_on, told.decided_on, told.ends_on, told.served_on, told.exited_on)

--: I5 同一主体、单位、条目和文号的信息只公示一条
SELECT min(r.id::text) AS who FROM shown.record s JOIN limu.record r ON r.subject = s.subject AND r.id = s.id
GROUP BY r.subject, r.department, r.item, r.natural_key HAVING count(*) > 1

--: I5 每条信息入库一次，现状只有一个
SELECT r.id::text AS who FROM limu.record r
WHERE (SELECT count(*) FROM limu.record_event e WHERE e.subject = r.subject AND e.record = r.id
         AND e.kind IN ('record_entered', 'record_corrected')) <> 1
   OR (SELECT count(*) FROM limu.publication p WHERE p.subject = r.subject AND p.record = r.id
         AND p.known_until = 'infinity') <> 1

--: I5 每件办件的步骤首尾相接，现状就是最后一步的结果
SELECT c.number AS who FROM limu.case_file c
LEFT JOIN LATERAL (
    SELECT count(*) AS steps, max(s.number) AS last, (array_agg(s.after ORDER BY s.number DESC))[1] AS after,
           (array_agg(s.before ORDER BY s.number))[1] AS first,
           count(*) FILTER (WHERE s.before IS DISTINCT FROM s.came_from) AS torn
    FROM (SELECT o.*, coalesce(lag(o.after) OVER (ORDER BY o.number), '') AS came_from
          FROM limu.case_step o WHERE o.case_file = c.id) s) told ON true
WHERE told.steps = 0 OR told.steps <> told.last OR told.after <> c.state OR told.torn > 0

--: I6 每个事件都有自己的承诺盐值
SELECT e.id::text AS who FROM limu.record_event e LEFT JOIN limu.log_salt s ON s.block = e.salt_block
WHERE s.block IS NULL OR octet_length(s.salts) < (e.salt_index + 1) * 32

--: I6 公示的现状与事件一致：有终止事件的都已终止，没有的都没有
SELECT r.id::text AS who FROM limu.record r
JOIN limu.publication p ON p.subject = r.subject AND p.record = r.id AND p.known_until = 'infinity'
LEFT JOIN LATERAL (
    SELECT e.kind FROM limu.record_event e WHERE e.subject = r.subject AND e.record = r.id
      AND e.kind = ANY (%(turning)s::text[])
    ORDER BY e.recorded_at DESC, e.id DESC LIMIT 1) last ON true
WHERE (p.decision = 'ended') IS DISTINCT FROM (coalesce(last.kind = ANY (%(ending)s::text[]), false))

--: I6 同意修复的办件：终止事件、决定书和名单移出同时存在
SELECT c.number AS who FROM limu.case_file c
WHERE c.kind = 'repair' AND c.outcome = 'granted' AND c.state IN ('granted', 'closed')
  AND ((c.record IS NOT NULL AND NOT EXISTS (
           SELECT FROM limu.record_event e WHERE e.subject = c.subject AND e.record = c.record
             AND e.kind = 'record_repaired' AND e.body ->> 'case' = c.number))
       OR (c.entry IS NOT NULL AND NOT EXISTS (
           SELECT FROM limu.list_entry e WHERE e.id = c.entry AND e.exit_kind = 'repair'))
       OR NOT EXISTS (SELECT FROM limu.letter l WHERE l.case_file = c.id AND l.kind = 'repair_decision')
       OR (c.state = 'granted' AND EXISTS (
           SELECT FROM limu.list_entry e WHERE e.record = c.record AND e.subject = c.subject
             AND e.department = c.department AND e.served_on IS NOT NULL AND e.exited_on IS NULL)))

--: I6 每个修复事件都有一件同意修复的办件
SELECT e.record::text AS who FROM limu.record_event e
WHERE e.kind = 'record_repaired'
  AND NOT EXISTS (SELECT FROM limu.case_file c WHERE c.number = e.body ->> 'case' AND c.kind = 'repair'
                  AND c.subject = e.subject AND c.outcome = 'granted')

--: I6 公示的每次变化都已告知变更流，或者已作记号等待告知
SELECT f.record::text AS who FROM limu.feed_event f
WHERE f.is_current AND NOT f.is_end
  AND EXISTS (SELECT FROM limu.publication p WHERE p.subject = f.subject AND p.record = f.record
              AND p.known_until = 'infinity' AND p.decision <> 'published')
  AND NOT EXISTS (SELECT FROM limu.feed_dirty d WHERE d.record = f.record)

--: I6 办结的撤销申请都有对应的事件
SELECT w.id::text AS who FROM limu.removal w
WHERE w.is_done AND w.record IS NOT NULL
  AND NOT EXISTS (SELECT FROM limu.record_event e WHERE e.record = w.record AND e.kind = w.kind)

--: I7 公开日志的序号从零开始，没有空缺
SELECT (SELECT count(*) FROM limu.log_sequence) || ' / ' || (SELECT max(position) + 1 FROM limu.log_sequence) AS who
WHERE (SELECT count(*) FROM limu.log_sequence) <> (SELECT coalesce(max(position) + 1, 0) FROM limu.log_sequence)

--: I7 日志只增不减：较晚的树头不小于较早的
SELECT size::text AS who FROM (
    SELECT size, lag(sequenced_at) OVER (ORDER BY size) AS before, sequenced_at FROM limu.log_head) heads
WHERE sequenced_at < before

--: I8 变更流的时点从一开始，没有空缺，每条信息只有一个现行事件
SELECT (SELECT count(*) FROM limu.feed_event) || ' / ' || (SELECT timepoint FROM limu.feed_state) AS who
WHERE (SELECT count(*) FROM limu.feed_event) <> (SELECT timepoint FROM limu.feed_state)
   OR (SELECT coalesce(max(timepoint), 0) FROM limu.feed_event) <> (SELECT timepoint FROM limu.feed_state)

--: I8 公示的每一条都在变更流中，或者已作记号等待告知
SELECT r.id::text AS who FROM shown.record r
JOIN limu.record m ON m.subject = r.subject AND m.id = r.id
WHERE r.subject_uscc IS NOT NULL AND (SELECT day FROM limu.feed_state) >= limu.register_today()
  AND NOT EXISTS (SELECT FROM limu.feed_event f WHERE f.record = r.id AND f.is_current AND NOT f.is_end)
  AND NOT EXISTS (SELECT FROM limu.feed_dirty d
                  WHERE d.record = r.id OR d.submission = m.submission OR (d.record IS NULL AND d.subject = r.subject))

--: I8 供核对用的摘要与副本一致
SELECT coalesce(c.policy, b.policy) || ' ' || coalesce(c.item, b.item) AS who
FROM (SELECT policy, item, region, count(*) AS copies, bit_xor(mark) AS mark FROM limu.feed_copy GROUP BY 1, 2, 3) c
FULL JOIN (SELECT policy, item, region, sum(copies) AS copies, bit_xor(mark) AS mark FROM limu.feed_bucket
           GROUP BY 1, 2, 3 HAVING sum(copies) > 0) b
    ON (c.policy, c.item, c.region) = (b.policy, b.item, b.region)
WHERE (c.copies, c.mark) IS DISTINCT FROM (b.copies, b.mark)

--: I8 接收单位确认过的，都是送达过的
SELECT holder::text AS who FROM limu.feed_receipt GROUP BY holder
HAVING NOT coalesce(range_agg(span) FILTER (WHERE NOT is_acknowledged), '{}')
    @> coalesce(range_agg(span) FILTER (WHERE is_acknowledged), '{}')

--: I9 每次核查之前都留下了查阅记录
SELECT c.number AS who FROM limu.measure_check c
WHERE NOT EXISTS (SELECT FROM limu.read_ticket t JOIN limu.read_ticket_spent s ON s.ticket = t.id
                  WHERE t.officer = c.officer AND t.subject = c.subject AND t.opened_at <= c.checked_at)

--: I9 查阅记录早于它所允许的查阅
SELECT s.ticket::text AS who FROM limu.read_ticket_spent s LEFT JOIN limu.read_ticket t ON t.id = s.ticket
WHERE t.id IS NULL OR t.opened_at > s.spent_at

--: I10 终止、恢复和屏蔽都由两个人办理
SELECT e.id::text AS who FROM limu.record_event e
WHERE e.kind IN ('record_withdrawn', 'record_revoked', 'record_repaired', 'record_restored', 'record_shielded',
                 'record_unshielded')
  AND (SELECT count(DISTINCT o.person) FROM limu.officer o WHERE o.id = ANY (e.officers)) < 2

--: I10 没有人确认自己的意见
SELECT c.number AS who FROM limu.case_file c JOIN limu.case_step s ON s.case_file = c.id AND s.kind = 'confirm'
WHERE s.person = (SELECT p.person FROM limu.case_step p WHERE p.case_file = c.id AND p.kind = 'propose'
                    AND p.number < s.number ORDER BY p.number DESC LIMIT 1)

--: I10 没有人批准自己的申请
SELECT w.what || ' ' || w.id AS who FROM (
    SELECT 'removal' AS what, id, asked_by, settled_by, is_done FROM limu.removal
    UNION ALL SELECT 'correction', id, asked_by, settled_by, is_done FROM limu.correction
    UNION ALL SELECT 'waiver', id, asked_by, settled_by, is_granted FROM limu.waiver
    UNION ALL SELECT 'link', id, asked_by, settled_by, is_agreed FROM limu.link_wish
    UNION ALL SELECT 'holder', id, asked_by, settled_by, is_done FROM limu.feed_holder_act
    UNION ALL SELECT 'draft', id, drafted_by, settled_by, is_published FROM limu.catalogue_draft) w
JOIN limu.officer a ON a.id = w.asked_by JOIN limu.officer s ON s.id = w.settled_by
WHERE w.is_done AND a.person = s.person

--: I10 列入和移出各由两个人办理
SELECT e.id::text AS who FROM limu.list_entry e WHERE e.decided_by = e.proposed_by
UNION ALL
SELECT s.entry::text FROM limu.list_step s
WHERE s.kind = 'exit' AND (s.second_person IS NULL OR s.second_person = s.person)

--: I11 有单位归属的表都由数据库按单位隔离
SELECT c.relname::text AS who FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'department'
WHERE c.relnamespace = 'limu'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND c.relname NOT IN ('officer', 'item_owner', 'list_keeper')
  AND NOT (c.relrowsecurity AND c.relforcerowsecurity)

--: I16 每份文件：收到的等于入库、退回、重复和冲突之和
SELECT s.id::text AS who FROM limu.submission s
WHERE s.received <> s.accepted + s.refused + s.duplicate + s.conflict OR s.accepted <> s.linked + s.unlinked

--: I20 登记的时间不倒退，也不在将来
SELECT e.id::text AS who FROM limu.record_event e WHERE e.recorded_at > limu.register_now() + interval '1 minute'
UNION ALL
SELECT timepoint::text FROM (SELECT timepoint, told_at, lag(told_at) OVER (ORDER BY timepoint) AS before
                             FROM limu.feed_event) f WHERE told_at < before
