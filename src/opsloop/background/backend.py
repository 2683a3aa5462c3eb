"""The Django Tasks interface over our own rows: `@task()` and `.enqueue()` as everywhere, the queue beneath ours."""

from __future__ import annotations

from typing import Any

from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskError, TaskResult, TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist

_STATUS = {
    "waiting": TaskResultStatus.READY,
    "running": TaskResultStatus.RUNNING,
    "done": TaskResultStatus.SUCCESSFUL,
    "dead": TaskResultStatus.FAILED,
    "discarded": TaskResultStatus.FAILED,
}


class QueueBackend(BaseTaskBackend):
    """Writes errands in the caller's transaction. A result says how it went; values are kept by the task itself."""

    supports_defer = True
    supports_get_result = True
    supports_priority = True

    def enqueue(self, task: Task[Any, Any], args: Any, kwargs: Any) -> TaskResult[Any]:
        """Queue a call of `task`."""
        from opsloop.background import queue  # the models exist only once Django is set up

        self.validate_task(task)
        return self._result(task, queue.add(task, *args, **kwargs))

    def get_result(self, result_id: str) -> TaskResult[Any]:
        """Return how an errand stands.

        Raises:
            TaskResultDoesNotExist: there is none, or it has been swept.
        """
        from opsloop.background.models import Errand

        errand = Errand.objects.filter(pk=result_id).first() if result_id.isdecimal() else None
        if errand is None:
            raise TaskResultDoesNotExist(result_id)
        return self._result(import_string(errand.task), errand)

    def _result(self, task: Task[Any, Any], errand: Any) -> TaskResult[Any]:
        found = TaskError(exception_class_path="builtins.Exception", traceback=errand.trace or errand.error)
        errors = [found] if errand.error else []
        return TaskResult(
            task=task,
            id=str(errand.pk),
            status=_STATUS[errand.status],
            enqueued_at=errand.queued_at,
            started_at=errand.started_at,
            finished_at=errand.finished_at,
            last_attempted_at=errand.started_at,
            args=errand.arguments.get("args", []),
            kwargs=errand.arguments.get("kwargs", {}),
            backend=self.alias,
            errors=errors,
            worker_ids=[errand.worker] * errand.tries,
        )
