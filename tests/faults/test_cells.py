"""A sample of the campaign on each commit; the night runs all cells (`python -m tests.faults.cells`)."""

import os

import pytest

from tests.faults.cells import CELLS, MOMENTS, VICTIMS, campaign, sample
from tests.faults.scenes import LATER, LIST, REPAIR, SCENES

pytestmark = pytest.mark.slow
# Another seed draws other cells: a night may walk through them, a commit stays as it was.
SEED = int(os.environ.get("LIMU_CELLS_SEED", "0"))
COUNT = int(os.environ.get("LIMU_CELLS", "40"))


def test_the_campaign_has_every_point_moment_and_victim() -> None:
    drawn = sample(CELLS, 40, seed=SEED)

    assert (len(REPAIR), len(LIST), len(LATER)) == (11, 8, 8)
    assert len(CELLS) == len(SCENES) * len(MOMENTS) * len(VICTIMS) == len(set(CELLS)) == 486
    assert len(drawn) == len(set(drawn)) == 40
    assert {one.point for one in drawn} == set(SCENES)
    assert {one.moment for one in drawn} == set(MOMENTS)
    assert {one.victim for one in drawn} == set(VICTIMS)


def test_whoever_is_killed_at_whatever_point_everything_holds_and_the_act_is_done_once() -> None:
    wrong: list[str] = []

    assert campaign(sample(CELLS, COUNT, seed=SEED), told=wrong.append) == 0, "\n".join(wrong)
