"""The `opsloop` command.

Commands that need no database (`parse`, `check-goal`, `plan`, `import --dry-run`) must start without
loading Django, so each command lives in a module of its own that is imported when it is called.
"""

from __future__ import annotations

import importlib
from typing import Any

import click

import opsloop

# Command name -> "module:attribute" of a click command.
COMMANDS: dict[str, str] = {
    "serve": "opsloop.cli.serve:serve",
    "worker": "opsloop.cli.worker:worker",
    "demo": "opsloop.cli.demo:demo",
    "migrate": "opsloop.cli.migrate:migrate",
    "plan": "opsloop.cli.plan:plan",
    "import": "opsloop.cli.import_:import_",
    "bench": "opsloop.cli.bench:bench",
    "export": "opsloop.cli.export:export",
    "parse": "opsloop.cli.parse:parse",
    "check-goal": "opsloop.cli.check_goal:check_goal",
    "refresh-calendars": "opsloop.cli.refresh_calendars:refresh_calendars",
    "doctor": "opsloop.cli.doctor:doctor",
}


class LazyGroup(click.Group):
    """A click group that imports a command's module only when that command is asked for."""

    def __init__(self, *args: Any, commands_table: dict[str, str] | None = None, **kwargs: Any) -> None:
        """Take the table of names and "module:attribute"; `COMMANDS` by default."""
        super().__init__(*args, **kwargs)
        self.commands_table = COMMANDS if commands_table is None else commands_table

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order of the table."""
        return list(self.commands_table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command called `cmd_name`, or None if there is none."""
        if cmd_name not in self.commands_table:
            return None
        module, attribute = self.commands_table[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(opsloop.__version__, prog_name="opsloop")
def main() -> None:
    """Opsloop 有序: plan, do, review and improve the work of an operations department."""
