"""Every errand's effect happens once, although workers are killed all the time (R5), and poison isolates (R8).

10,000 errands and 500 kills; OPSLOOP_ERRANDS and OPSLOOP_KILLS ask for other sizes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.installation import database
from tests.shared import prepared

pytestmark = [pytest.mark.load, pytest.mark.database]
ROOT = Path(__file__).resolve().parents[2]
ERRANDS = int(os.environ.get("OPSLOOP_ERRANDS", "10000"))
KILLS = int(os.environ.get("OPSLOOP_KILLS", "500"))


def test_every_effect_happens_once_although_workers_are_killed(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    ready = prepared(tmp_path_factory, "migrate", os.environ.get("DATABASE_URL", ""))
    home = shutil.copytree(ready.home, tmp_path_factory.mktemp("queue") / "home")
    with database("queue", ready.database) as url:
        env = {**os.environ, "OPSLOOP_HOME": str(home), "DATABASE_URL": url, "PYTHONPATH": f"{ROOT / 'src'}"}
        sizes = json.dumps({"errands": ERRANDS, "kills": KILLS})
        command = [sys.executable, "-m", "tests.queue_arena", sizes]
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, timeout=5400, check=False)
    assert done.returncode == 0, done.stderr.decode()[-4000:]
    found = json.loads(done.stdout)
    print(json.dumps(found))  # noqa: T201
    assert (found["effects"], found["duplicates"], found["keys"]) == (ERRANDS, 0, ERRANDS)
    assert found["status"].keys() <= {"done", "dead"}
    # A try that was killed counts: an errand that happens to be killed five times is given up, never lost.
    assert found["status"].get("dead", 0) == found["given_up_by_kills"]
    assert all(state.startswith("dead after 5") for state in found["poison"])
