from __future__ import annotations

from django.urls import path

from opsloop.organisation.views import (
    blocks,
    calendar,
    departments,
    invitations,
    leave,
    people,
    settings,
    setup,
)

app_name = "organisation"
urlpatterns = [
    path("setup/", setup.set_up, name="set_up"),
    path("setup/sample/", setup.sample, name="sample"),
    path("invitations/<str:token>/", invitations.accept_invitation, name="accept_invitation"),
    path("people/", people.people_list, name="people"),
    path("people/new/", people.new_person, name="new_person"),
    path("people/invitations/", invitations.invite_many, name="invite_many"),
    path("people/links/", invitations.invitation_links, name="invitation_links"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/edit/", people.person_edit, name="person_edit"),
    path("people/<int:pk>/skills/", people.person_skills, name="person_skills"),
    path("people/<int:pk>/rights/", people.person_rights, name="person_rights"),
    path("people/<int:pk>/roles/", people.role_grants, name="role_grants"),
    path(
        "people/<int:pk>/roles/<int:assignment>/withdrawal/", people.role_withdrawal, name="role_withdrawal"
    ),
    path("people/<int:pk>/invitation/", invitations.invitation, name="invitation"),
    path(
        "people/<int:pk>/invitation/revocation/",
        invitations.invitation_revocation,
        name="invitation_revocation",
    ),
    path("people/<int:pk>/disablement/", people.disablement, name="disablement"),
    path("people/<int:pk>/enablement/", people.enablement, name="enablement"),
    path("roles/", people.role_matrix, name="roles"),
    path("departments/", departments.department_list, name="departments"),
    path("departments/new/", departments.new_department, name="new_department"),
    path("departments/<int:pk>/", departments.department, name="department"),
    path("departments/<int:pk>/closure/", departments.department_closure, name="department_closure"),
    path("departments/<int:pk>/opening/", departments.department_opening, name="department_opening"),
    path("work-calendar/", calendar.this_year, name="calendar"),
    path("work-calendar/<int:number>/", calendar.year, name="calendar_year"),
    path("work-calendar/days/new/", calendar.new_day, name="new_calendar_day"),
    path("work-calendar/days/<str:text>/", calendar.day, name="calendar_day"),
    path("work-calendar/rows/<int:pk>/removal/", calendar.day_removal, name="calendar_day_removal"),
    path("work-calendar/notice/", calendar.notice, name="calendar_notice"),
    path("time-blocks/", blocks.block_list, name="blocks"),
    path("time-blocks/organisation/", blocks.blocks_organisation, name="blocks_organisation"),
    path("time-blocks/departments/<int:pk>/", blocks.blocks_department, name="blocks_department"),
    path("time-blocks/people/<int:pk>/", blocks.blocks_person, name="blocks_person"),
    path(
        "time-blocks/departments/<int:pk>/days/", blocks.blocks_department_day, name="blocks_department_day"
    ),
    path("time-blocks/people/<int:pk>/days/", blocks.blocks_person_day, name="blocks_person_day"),
    path("time-blocks/<int:pk>/removal/", blocks.blocks_removal, name="blocks_removal"),
    path("time-blocks/preview/", blocks.blocks_preview, name="blocks_preview"),
    path("leave/", leave.leave_list, name="leave"),
    path("leave/new/", leave.new_leave, name="new_leave"),
    path("leave/<int:pk>/", leave.leave, name="leave_edit"),
    path("leave/<int:pk>/cancellation/", leave.leave_cancellation, name="leave_cancellation"),
    path("manage/", settings.manage, name="manage"),
    path("manage/organisation/", settings.organisation, name="organisation"),
    path("manage/numbers/example/", settings.pattern_example, name="pattern_example"),
    path("manage/numbers/<slug:kind>/", settings.pattern, name="pattern"),
    path("settings/", settings.preferences, name="settings"),
]
