"""People, the roles they hold, their skills, and invitations."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from opsloop.organisation.models.structure import Department, Organisation
from opsloop.organisation.roles import Permission, Role
from opsloop.records.models import Versioned

if TYPE_CHECKING:
    from opsloop.organisation.reach import Reaches


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, person: Person) -> Self:
        """Return the people `person` may see: everyone of the organisation (it is the directory)."""
        return self.all() if person.is_active else self.none()

    def active(self) -> Self:
        """Return the people who have not been disabled."""
        return self.filter(is_active=True)

    def in_departments(self, department_ids: list[int]) -> Self:
        """Return the people who hold a role in, or belong to, one of `department_ids`."""
        roles = RoleAssignment.objects.filter(person=OuterRef("pk"), department_id__in=department_ids)
        return self.filter(Q(department_id__in=department_ids) | Exists(roles))


class PersonManager(BaseUserManager["Person"].from_queryset(PersonQuerySet)):  # type: ignore[misc]
    """Creates people; Django and allauth ask for these two names."""

    def create_user(
        self, username: str, email: str = "", password: str | None = None, **fields: Any
    ) -> Person:
        """Create a person who can log in; without a password they need an invitation first."""
        person: Person = self.model(username=username, email=self.normalize_email(email), **fields)
        person.name = person.name or username
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser, Versioned):
    """Somebody of the organisation. A person without a usable password has not been invited yet."""

    class Theme(models.TextChoices):
        AUTO = "auto", _("As the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class Density(models.TextChoices):
        COMPACT = "compact", _("Compact")
        DEFAULT = "default", _("Standard")
        COMFORTABLE = "comfortable", _("Comfortable")

    class StartPage(models.TextChoices):
        """Where a person's day begins after logging in; empty: as their role has it."""

        TODAY = "today", _("Today")
        TEAM = "team", _("The team today")
        DASHBOARD = "dashboard", _("Dashboard")

    username = models.CharField(_("user name"), max_length=60, unique=True)
    email = models.EmailField(_("email"), blank=True, default="")
    name = models.CharField(_("name"), max_length=60)
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="people",
        verbose_name=_("department"),
    )
    title = models.CharField(_("position"), max_length=60, blank=True, default="")
    phone = models.CharField(_("phone"), max_length=30, blank=True, default="")
    is_active = models.BooleanField(_("active"), default=True)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    time_zone = models.CharField(_("time zone"), max_length=50, default="Asia/Shanghai")
    theme = models.CharField(_("theme"), max_length=10, choices=Theme.choices, default=Theme.AUTO)
    density = models.CharField(
        _("row height"), max_length=12, choices=Density.choices, default=Density.DEFAULT
    )
    start_page = models.CharField(
        _("first page"), max_length=10, choices=StartPage.choices, blank=True, default=""
    )
    # Added to one's estimates when a week is planned; empty: worked out from one's own past error.
    reserve_percent = models.PositiveSmallIntegerField(_("own reserve in percent"), null=True, blank=True)
    created_at = models.DateTimeField(null=True, editable=False)
    disabled_at = models.DateTimeField(null=True, editable=False)

    objects = PersonManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["email"], condition=~Q(email=""), name="person_email_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        """Return the name as people say it."""
        return self.name

    def get_short_name(self) -> str:
        """Return the name as people say it."""
        return self.name

    @cached_property
    def reaches(self) -> Reaches:
        """What this person may do where; loaded once for each request (one query)."""
        from opsloop.organisation.reach import load  # reach reads this module's rows

        return load(self)

    @cached_property
    def organisation(self) -> Organisation | None:
        """The organisation of this installation, None before it has been set up; loaded once for each request."""
        return Organisation.objects.first()

    def remembered(self, key: Hashable, make: Callable[[], Q]) -> Q:
        """Return the condition that `make` makes, made once for this object: which rows a person may see.

        A page asks for it many times, and putting it together costs as much as running it. The subqueries in
        it run anew each time, so it must depend on nothing but the person and what `key` says.
        """
        known: dict[Hashable, Q] = self.__dict__.setdefault("_remembered", {})
        if key not in known:
            known[key] = make()
        return known[key]

    def may(self, permission: Permission, department_id: int | None = None) -> bool:
        """Whether the person holds `permission` for the department (None: anywhere at all)."""
        return self.reaches.may(permission, department_id)

    @property
    def has_joined(self) -> bool:
        """Whether the person can log in."""
        return self.has_usable_password()


class RoleAssignment(models.Model):
    """A role that a person holds for one department, or for the whole organisation (no department)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="role_assignments")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("department"),
    )
    granted_at = models.DateTimeField()
    granted_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "role", "department"], name="role_once_a_department"),
            # SQLite has no NULLS NOT DISTINCT, so the organisation-wide roles have a constraint of their own.
            models.UniqueConstraint(
                fields=["person", "role"], condition=Q(department__isnull=True), name="role_once_overall"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.role}"


class Skill(models.Model):
    """Something a person can be good at, named by the organisation."""

    name = models.CharField(_("name"), max_length=40, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PersonSkill(models.Model):
    """How well a person knows a skill, 1 (learning) to 5 (teaches it)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="+")
    level = models.PositiveSmallIntegerField(_("level"), default=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "skill"], name="person_skill_once"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=5), name="person_skill_level_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.skill} {self.level}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, person: Person) -> Self:
        """Return the invitations that `person` may manage."""
        reach = person.reaches.departments(Permission.PEOPLE_MANAGE)
        return self.all() if reach is None else self.filter(person__department_id__in=reach)

    def open(self, *, at: datetime) -> Self:
        """Return the invitations that can still be accepted at `at`."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=at)


class Invitation(models.Model):
    """A link that lets a person set a password. Only the hash of its token is kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.person}"
