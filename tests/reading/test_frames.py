from __future__ import annotations

import pytest

from bihuan.reading.reader import read_plan
from tests.reading.phrases import PHRASES

TITLE = "中共××市××局党组2026年党建工作要点\n"
WIDE = str.maketrans({",": "\uff0c", ";": "\uff1b", ":": "\uff1a", "(": "\uff08", ")": "\uff09"})


@pytest.mark.parametrize("frame", PHRASES["frames"])
def test_a_time_is_found_wherever_it_stands(frame):
    body = PHRASES["frames"][frame].replace("→", "\t").translate(WIDE)
    found = {}
    for time in PHRASES["times"]:
        plan = read_plan(TITLE + body.replace("{t}", time))
        tasks = [duty for duty in plan.duties if duty.actionable and "专题督查" in duty.text]
        found[time] = [[duty.period, duty.due, duty.minimum] for duty in tasks]
    assert found == {time: [reading] for time, reading in PHRASES["times"].items()}
