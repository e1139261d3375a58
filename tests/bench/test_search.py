"""The benchmark of the search measures a register of any size."""

import json

import pytest
from psycopg import sql

from limu.bench import search
from limu.wire.database import Database
from limu.wire.roles import role_name


@pytest.mark.parametrize("names", [3, 2_000])
def test_of_a_small_register_every_figure_is_measured(
    own_database: Database, capsys: pytest.CaptureFixture[str], names: int
) -> None:
    with own_database.connect("admin") as admin:
        # As in a database of the benchmark's own, whose owner may make a schema for the reference.
        owner = sql.Identifier(role_name("owner"))
        admin.execute(sql.SQL("GRANT CREATE ON DATABASE {} TO {}").format(sql.Identifier(own_database.name), owner))

    search._try(own_database, names, rounds=1)

    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    figures = {line["figure"].split(",")[0]: line for line in told}
    assert figures.keys() == {
        "register loaded", "B1 two characters", "B3 code p95", "B3 miss p95", "one slip in a whole name"
    }  # fmt: skip
    looked_up = figures["B3 code p95"]["notes"]
    assert looked_up["found"] == looked_up["asked"] >= min(names, 500)
