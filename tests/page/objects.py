"""How the matrix makes an object of each kind in an officer's department, and names one that does not exist.

A door that names a kind (`Door(..., names="batch")`) needs an entry in both tables here: whoever adds the door adds
the maker. It commits, so that the page sees the object; it is called once a role, so it must bear repetition."""

from collections.abc import Callable

from limu.department.rules import Officer
from limu.wire.database import Database
from tests.page import case_objects, centre_objects, desk_objects, holder_objects, list_objects

Parts = dict[str, str]

# The parts of the address that name an object of the department of this officer.
OBJECTS: dict[str, Callable[[Database, Officer], Parts]] = {
    "officer": lambda _database, officer: {"code": officer.code},
    "own_item": desk_objects.item_of,
    "upload": desk_objects.upload_of,
    "batch": desk_objects.batch_of,
    "record": desk_objects.record_of,
    "removal": desk_objects.removal_of,
    "problem_row": desk_objects.problem_row_of,
    "correction": desk_objects.correction_of,
    "waiver": desk_objects.waiver_of,
    "pending": desk_objects.pending_of,
    "watch": lambda _database, _officer: {"what": "stuck"},
    "collection_cell": desk_objects.cell_of,
    "judgement": desk_objects.judgement_of,
    "assessment": desk_objects.assessment_of,
    "assessment_year": desk_objects.assessment_year_of,
    "key": desk_objects.key_of,
    "check": desk_objects.check_of,
    "holder": holder_objects.holder_of,
    "holder_act": holder_objects.act_of,
    "deviation": holder_objects.deviation_of,
    "emergency_request": centre_objects.request_of,
    "item": centre_objects.item_of,
    "draft": centre_objects.draft_of,
    "task": centre_objects.task_of,
    "assignment": centre_objects.assignment_of,
    "ending": centre_objects.ending_of,
}
OBJECTS |= {"declaration_paper": case_objects.proof_of}
OBJECTS |= {"case": case_objects.case_of, "case_paper": case_objects.paper_of}
OBJECTS |= {"list_entry": list_objects.entry_of, "list_paper": list_objects.paper_of}
# The same for what does not exist anywhere.
NOWHERE: dict[str, Parts] = {
    "officer": {"code": "nobody.here"},
    "own_item": {"code": "no-such-item"},
    "upload": {"token": "eyJub3RoaW5nIjoxfQ:1abcde:not-signed"},
    "batch": {"batch": "00000000-0000-4000-8000-000000000001"},
    "record": {"record": "00000000-0000-4000-8000-000000000002"},
    "removal": {"removal": "00000000-0000-4000-8000-000000000003"},
    "problem_row": {"batch": "00000000-0000-4000-8000-000000000001", "row": "4"},
    "correction": {"correction": "00000000-0000-4000-8000-000000000005"},
    "waiver": {"waiver": "00000000-0000-4000-8000-000000000006"},
    "watch": {"what": "nothing"},
    "collection_cell": {"department": "00000000-0000-4000-8000-000000000006", "code": "penalty"},
    "pending": {"pending": "00000000-0000-4000-8000-000000000004"},
    "judgement": {"judgement": "00000000-0000-4000-8000-000000000005"},
    "assessment": {"assessment": "00000000-0000-4000-8000-000000000007"},
    "assessment_year": {"year": "1999"},
    "key": {"key": "00000000-0000-4000-8000-000000000004"},
    "item": {"code": "no-such-item"},
    "draft": {"draft": "00000000-0000-4000-8000-000000000006"},
    "task": {"task": "00000000-0000-4000-8000-000000000007"},
    "assignment": {"assignment": "00000000-0000-4000-8000-000000000008"},
    "ending": {"ending": "00000000-0000-4000-8000-000000000009"},
    "emergency_request": {"asked": "00000000-0000-4000-8000-000000000005"},
    "check": {"check": "00000000-0000-4000-8000-000000000004"},
    "holder": {"holder": "00000000-0000-4000-8000-000000000071"},
    "holder_act": {"holder_act": "00000000-0000-4000-8000-000000000072"},
    "deviation": {"deviation": "00000000-0000-4000-8000-000000000073"},
    "list_entry": {"entry": "00000000-0000-4000-8000-000000000081"},
    "list_paper": {
        "entry": "00000000-0000-4000-8000-000000000081",
        "paper": "00000000-0000-4000-8000-000000000082",
    },
    "declaration_paper": {"paper": "00000000-0000-4000-8000-000000000083"},
    "case": {"case": "00000000-0000-4000-8000-000000000007"},
    "case_paper": {
        "case": "00000000-0000-4000-8000-000000000007",
        "paper": "00000000-0000-4000-8000-000000000008",
    },
}
