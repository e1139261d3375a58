-- The credit centre takes an application in and hands its cases to the bodies that decide (修复受理). It is told to the
-- subject and holds nothing up: a body may begin before, and its clock runs from the application.
INSERT INTO limu.case_move VALUES ('repair', 'forward', 'received', 'received');
CREATE UNIQUE INDEX case_step_forward_once ON limu.case_step (case_file) WHERE kind = 'forward';
CREATE INDEX case_of_application ON limu.case_file (application, number);
