"""The main pages, and who opens them."""

from __future__ import annotations

COMMON = (
    "/",
    "/inbox/",
    "/inbox/?box=done",
    "/inbox/preferences/",
    "/tasks/",
    "/tasks/?scope=all",
    "/tasks/new/",
    "/tasks/quadrants/",
    "/tasks/ranking/",
    "/tasks/filters/",
    "/plan/",
    "/rituals/morning/",
    "/rituals/evening/",
    "/rituals/week/",
    "/progress/mine/",
    "/projects/",
    "/goals/",
    "/goals/map/",
    "/goals/gaps/",
    "/people/",
    "/departments/",
    "/tables/",
    "/bin/",
    "/search/?q=方案",
    "/jobs/",
    "/quick-add/",
    "/settings/",
    "/leave/",
    "/time-blocks/",
    "/work-calendar/",
    "/accounts/2fa/",
    "/accounts/sessions/",
)
BOARDS = ("/tasks/sheet/?scope=all", "/tasks/gantt/?scope=all", "/tasks/gantt/?scope=all&as=table")
LEAD = (
    *BOARDS,
    "/goals/new/",
    "/goals/modules/",
    "/projects/new/",
    "/tables/import/",
    "/leave/new/",
    "/roles/",
    "/team/",
    "/team/morning/",
    "/team/plan/",
    "/team/blocked/",
    "/team/unassigned/",
    "/team/approvals/",
    "/team/absences/",
    "/team/arrangements/",
    "/progress/",
    "/risks/",
    "/delays/",
    "/delays/waiting/",
    "/standup/",
)
ADMIN = (
    "/manage/",
    "/manage/organisation/",
    "/manage/numbers/task/",
    "/progress/rules/",
    "/people/new/",
    "/people/invitations/",
    "/departments/new/",
    "/work-calendar/days/new/",
    "/work-calendar/notice/",
    "/time-blocks/organisation/",
    "/style/",
)
# Common pages that show a lead, or an administrator, more than a member.
LEAD_SEES_MORE = (
    "/",
    "/inbox/",
    "/tasks/?scope=all",
    "/plan/",
    "/goals/",
    "/goals/gaps/",
    "/people/",
    "/leave/",
    "/time-blocks/",
)
ADMIN_SEES_MORE = ("/people/", "/departments/", "/work-calendar/", "/time-blocks/", "/settings/")
# Person of the sample -> what that person opens.
BY_PERSON = {"su": COMMON, "lin": LEAD + LEAD_SEES_MORE, "he": ADMIN + ADMIN_SEES_MORE}
# Lists whose first record is opened too, and by whom.
LISTS = {"/tasks/": "lin", "/projects/": "lin", "/goals/": "lin", "/people/": "lin", "/departments/": "he"}
