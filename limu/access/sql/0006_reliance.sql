-- Who answers a reliance notice reads about a subject it has decided nothing on: that is a purpose of its own, and no use
-- of the record that a later correction would have to tell of.
INSERT INTO limu.purpose VALUES
    ('reliance_review', '复核据更正前的信息办理的事项', '《信用修复管理办法》（国家发展改革委令第36号）第三章');
