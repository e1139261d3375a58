-- What the credit centre watches: terms that end, and records that are kept and not shown.
INSERT INTO limu.purpose VALUES ('publication_review', '公示审核与到期核查', '国办发〔2025〕22号');
CREATE INDEX publication_ends ON limu.publication (shown_until)
    WHERE known_until = 'infinity' AND decision = 'published';
CREATE INDEX publication_withheld ON limu.publication (reason, known_from DESC)
    WHERE known_until = 'infinity' AND decision = 'withheld';
