-- Rules are tried on the rows of an earlier batch only for this purpose, and each trial is in the trail.
INSERT INTO limu.purpose VALUES ('rule_trial', '校验规则试运行', '《中华人民共和国数据安全法》第二十七条');
