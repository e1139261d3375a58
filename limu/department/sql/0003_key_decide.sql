-- A key may ask what the law allows (决策接口). Such a key needs no item: it reports nothing.
ALTER TABLE limu.api_key DROP CONSTRAINT api_key_acts_check, DROP CONSTRAINT api_key_items_check;
ALTER TABLE limu.api_key
    ADD CONSTRAINT api_key_acts_check
        CHECK (acts <> '{}' AND acts <@ ARRAY['submit', 'submit_nil', 'read_submission', 'decide']),
    ADD CONSTRAINT api_key_items_check CHECK (items <> '{}' OR acts = ARRAY['decide']);
