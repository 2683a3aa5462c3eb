"""Entering a channel. What is secret is put into no form: left empty, it stays as it is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from opsloop.channels.models import Channel
from opsloop.channels.words import ERRORS, GROUP_DEFAULT, GROUP_TOPICS
from opsloop.inbox.reasons import TOPICS
from opsloop.organisation.forms.fields import DepartmentField
from opsloop.organisation.models import Department
from opsloop.web import outbound

# The ports of mail servers: an administrator's form is no port scanner either.
MAIL_PORTS = frozenset({25, 465, 587, 2465, 2525, 2587})
# Backends that send nothing: with one of these a mail channel needs a server of its own.
IDLE_BACKENDS = ("console", "dummy", "locmem", "filebased")
_SECRETS: dict[str, Promise] = {
    "dingtalk": _("Signing secret, begins with SEC"),
    "feishu": _("Signing secret"),
    "webhook": _("Signing secret, as the program knows it"),
    "mail": _("Password"),
}


def secret_input(*, echoes: bool = False) -> forms.PasswordInput:
    """Return a field for something secret; with `echoes` it is kept when the form comes back with an error."""
    return forms.PasswordInput(
        render_value=echoes, attrs={"autocomplete": "new-password", "spellcheck": "false"}
    )


class ChannelForm(forms.Form):
    """What all channels have; a mail channel and a robot add their own."""

    name = forms.CharField(label=_("Name"), max_length=60)

    def __init__(self, *arguments: Any, kind: str, channel: Channel | None = None, **options: Any) -> None:
        self.kind, self.channel = kind, channel
        options.setdefault("initial", self.initial_values(channel))
        super().__init__(*arguments, **options)

    def initial_values(self, channel: Channel | None) -> dict[str, Any]:
        """Return what the form begins with; nothing secret."""
        return {"name": channel.name} if channel else {"name": str(Channel.Kind(self.kind).label)}


class RobotForm(ChannelForm):
    """A group robot or a webhook."""

    @property
    def has_secret(self) -> bool:
        """Whether the other side knows a secret beside the address."""
        return "secret" in self.fields

    department = DepartmentField(
        label=_("Carries news of"), required=False, empty_label=_("The whole organisation"),
        help_text=_("Work of this department and those below it. Whoever is in the group reads it."),
    )  # fmt: skip
    topics = forms.MultipleChoiceField(
        label=_("What it carries"),
        choices=[(name, TOPICS[name].label) for name in GROUP_TOPICS],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one kind of news.")},
    )
    address = forms.CharField(label=_("Webhook address"), max_length=1000, widget=secret_input(echoes=True))
    secret = forms.CharField(label=_("Signing secret"), max_length=200, required=False, widget=secret_input())

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        department: Any = self.fields["department"]
        department.offer(
            Department.objects.filter(closed_at=None), keep=self.channel.department if self.channel else None
        )
        self.fields["address"].help_text = _now(
            "As the other side shows it. It is kept encrypted and never shown again."
        )
        if self.channel:
            self.fields["address"].required = False
            self.fields["address"].help_text = _now("Leave it empty to keep the one there is.")
            self.fields["secret"].help_text = _now("Leave it empty to keep the one there is.")
        if self.kind in _SECRETS:
            self.fields["secret"].label = str(_SECRETS[self.kind])
        else:
            del self.fields["secret"]  # WeCom and Slack sign nothing: their address is the secret

    def initial_values(self, channel: Channel | None) -> dict[str, Any]:
        """Return what the form begins with."""
        found = super().initial_values(channel)
        if channel is None:
            return {**found, "topics": list(GROUP_DEFAULT)}
        return {**found, "department": channel.department_id, "topics": channel.topics}

    def clean_address(self) -> str:
        """Refuse what cannot be called."""
        address: str = self.cleaned_data["address"].strip()
        if address:
            try:
                outbound.check_url(address)
            except outbound.OutboundError as error:
                raise ValidationError(str(ERRORS[error.code])) from None
        return address


class MailForm(ChannelForm):
    """The mail server; without a host of its own it is the one of EMAIL_URL."""

    host = forms.CharField(
        label=_("Mail server"), max_length=200, required=False,
        widget=forms.TextInput(attrs={"placeholder": "smtp.example.com"}),
        help_text=_("Empty: the server that the administrator of this machine set with EMAIL_URL."),
    )  # fmt: skip
    port = forms.IntegerField(label=_("Port"), initial=587, min_value=1, max_value=65535)
    security = forms.ChoiceField(
        label=_("Encryption"),
        choices=[("starttls", "STARTTLS"), ("tls", "TLS"), ("none", _("None"))],
        initial="starttls",
    )
    user = forms.CharField(label=_("User"), max_length=200, required=False)
    secret = forms.CharField(label=_("Password"), max_length=200, required=False, widget=secret_input())
    sender = forms.EmailField(label=_("Address of the sender"), required=False)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if self.channel:
            self.fields["secret"].help_text = _now("Leave it empty to keep the one there is.")

    def initial_values(self, channel: Channel | None) -> dict[str, Any]:
        """Return what the form begins with."""
        found = super().initial_values(channel)
        return {**found, **channel.options} if channel else {**found, "port": 587, "security": "starttls"}

    def clean_port(self) -> int:
        """Refuse ports on which no mail server listens."""
        port: int = self.cleaned_data["port"]
        if port not in MAIL_PORTS and not settings.OPSLOOP_OUTBOUND_ALLOW:
            raise ValidationError(_now("Mail servers listen on port 25, 465 or 587."))
        return port

    def clean(self) -> dict[str, Any]:
        """Refuse a channel that would send nothing."""
        data: dict[str, Any] = super().clean() or {}
        if (
            "host" in data
            and not data["host"]
            and any(name in settings.EMAIL_BACKEND for name in IDLE_BACKENDS)
        ):
            self.add_error("host", _now("Name a mail server: this machine has none set with EMAIL_URL."))
        if data.get("host") and "sender" in data and not data["sender"]:
            self.add_error("sender", _now("Name the address that the mail comes from."))
        return data


def form_class(kind: str) -> type[ChannelForm]:
    """Return the form of a kind of channel."""
    return MailForm if kind == Channel.Kind.MAIL else RobotForm


class TimesForm(forms.Form):
    """Quiet hours and the times of the bundles."""

    first = forms.TimeField(
        label=_("First bundle"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    second = forms.TimeField(
        label=_("Second bundle"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Empty: one bundle a day."),
    )  # fmt: skip
    quiet_from = forms.TimeField(
        label=_("Quiet from"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("What comes then waits until the quiet hours end."),
    )  # fmt: skip
    quiet_until = forms.TimeField(
        label=_("Quiet until"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    rests = forms.BooleanField(
        label=_("Nothing on weekends and holidays"),
        required=False,
        help_text=_("Make-up days count as working days."),
    )
