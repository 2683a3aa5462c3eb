"""The pages of dashboards as browsers see them."""

from __future__ import annotations

from datetime import timedelta
from html.parser import HTMLParser
from io import BytesIO

import pytest
from openpyxl import load_workbook

from opsloop.dashboards.models import Target
from opsloop.dashboards.tests.conftest import WEEK, client_of
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, PASSWORD, Cast
from opsloop.progress.actions import delays
from opsloop.work.models import Task

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def page(person: Person, address: str) -> str:
    response = client_of(person).get(address)
    assert response.status_code == 200, (address, response.status_code)
    return response.content.decode()


class Headings(HTMLParser):
    """Collects the texts of the h2 of a page, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.inside = self.inside or tag == "h2"

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "h2"

    def handle_data(self, data: str) -> None:
        if self.inside and data.strip():
            self.found.append(data.strip())


def test_what_misses_its_target_stands_first_with_its_chart_and_table(
    cast: Cast, week: dict[str, Task]
) -> None:
    shown = page(cast.zhao, "/dashboard/")
    headings = Headings()
    headings.feed(shown)
    assert len(headings.found) >= 6
    # Nothing is known of goals: it stands behind what is bad.
    assert headings.found.index("目标跟上进度") > headings.found.index("按时完成率")
    assert shown.count('<svg class="chart-plot"') >= 4
    assert shown.count('<details class="chart-figures">') == shown.count('<svg class="chart-plot"')
    assert f"/dashboard/numbers/in_time/?scope=wide&amp;period={WEEK}" in shown
    assert "未达标" in shown
    assert "▲" in shown or "▼" in shown


def test_a_number_leads_to_its_rows_and_out_as_a_table(cast: Cast, week: dict[str, Task]) -> None:
    address = f"/dashboard/numbers/in_time/?period={WEEK}"
    missed = page(cast.zhao, address)
    assert "长图" in missed
    assert "投放复盘" in missed
    assert "选题会" not in missed
    met = page(cast.zhao, f"{address}&part=met")
    assert "选题会" in met
    assert "长图" not in met
    out = client_of(cast.zhao).get(f"/dashboard/numbers/in_time/out/xlsx/?period={WEEK}&part=all")
    sheet = load_workbook(BytesIO(out.content)).active
    assert sheet is not None
    assert sheet.max_row == 6
    assert client_of(cast.zhao).get("/dashboard/numbers/nothing/").status_code == 404


def test_the_number_of_hours_shows_estimate_and_hours(cast: Cast, week: dict[str, Task]) -> None:
    shown = page(cast.zhao, f"/dashboard/numbers/stray/?period={WEEK}")
    assert "选题会" in shown
    assert "▲ +50%" in shown


def test_a_director_sets_a_target_and_takes_it_back(cast: Cast, week: dict[str, Task]) -> None:
    client = client_of(cast.zhao)
    address = f"/dashboard/numbers/in_time/target/?period={WEEK}"
    refused = client.post(address, {"value": "140", "version": "0"}, headers=HTMX)
    assert refused.status_code == 422
    assert 'value="140"' in refused.content.decode()
    assert client.post(address, {"value": "30", "version": "0"}, headers=HTMX).status_code == 204
    assert Target.objects.get().value == 30
    assert "≥ 30%" in page(cast.zhao, "/dashboard/")
    assert client.post(address, {"value": "40", "version": "0"}, headers=HTMX).status_code == 412
    assert client.post(address, {"value": "", "version": "1"}, headers=HTMX).status_code == 204
    assert not Target.objects.exists()
    assert client_of(cast.chen).get(address).status_code == 403


def test_what_calls_for_a_word_and_why_tasks_are_late(cast: Cast, week: dict[str, Task]) -> None:
    delays.ask(
        task=week["open"], cause="outside", reason="等素材", remedy="", help="", due_wanted=NOW + timedelta(days=3), by=cast.lin,
        at=NOW - timedelta(days=3),
    )  # fmt: skip
    calls = page(cast.zhao, "/dashboard/attention/")
    assert "投放复盘" in calls
    causes = page(cast.zhao, "/dashboard/causes/")
    assert "外部依赖" in causes
    assert "/delays/?since=" in causes
    teams = page(cast.zhao, "/dashboard/teams/")
    assert "运营部" in teams
    assert "投放复盘" not in page(cast.zhou, "/dashboard/attention/")


def test_directors_land_on_the_dashboard_unless_they_chose_otherwise(cast: Cast) -> None:
    def landed(person: Person) -> str:
        client = client_of(person)
        client.logout()
        answer = client.post("/accounts/login/", {"login": person.username, "password": PASSWORD})
        return str(answer["Location"])

    assert landed(cast.zhao) == "/dashboard/"
    assert landed(cast.chen) == "/team/"
    assert landed(cast.lin) == "/"
    cast.zhao.start_page = "today"
    cast.zhao.save(update_fields=["start_page"])
    cast.lin.start_page = "team"
    cast.lin.save(update_fields=["start_page"])
    assert landed(cast.zhao) == "/"
    # What a member may not open is not where they land.
    assert landed(cast.lin) == "/"
    assert 'href="/"' in page(cast.zhao, "/dashboard/")
