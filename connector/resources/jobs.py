"""Jobs: STATUS, COMPLETIONS and DURATION as kubectl prints them.

The rules are those of printJob in
https://github.com/kubernetes/kubernetes/blob/master/pkg/printers/internalversion/printers.go
"""

from datetime import datetime

import msgspec

from connector.resources.age import age
from connector.resources.kind import AGE, CREATED, NAME, NAMESPACE, Cell, Column, Health, Kind, text
from connector.resources.wire import Condition, Metadata, Reader, condition
from connector.resources.workload import CONTAINERS, IMAGES, SELECTOR, Selector, Template


class JobSpec(msgspec.Struct):
    completions: int | None = None
    parallelism: int | None = None
    selector: Selector = msgspec.field(default_factory=Selector)
    template: Template = msgspec.field(default_factory=Template)


class JobStatus(msgspec.Struct, rename="camel"):
    succeeded: int = 0
    failed: int = 0
    start_time: datetime | None = None
    completion_time: datetime | None = None
    conditions: list[Condition] | None = None


class Job(msgspec.Struct):
    metadata: Metadata
    spec: JobSpec = msgspec.field(default_factory=JobSpec)
    status: JobStatus = msgspec.field(default_factory=JobStatus)


class JobRow(msgspec.Struct, frozen=True, gc=False):
    name: str
    namespace: str | None
    status: str
    succeeded: int
    wanted: int
    """How many pods have to succeed."""
    parallelism: int
    """Of a work queue, where one success ends it and so many work at it; 0 for a job that counts completions."""
    started: float
    """Epoch seconds; 0 when it has not."""
    completed: float
    """Epoch seconds; 0 when it has not."""
    containers: str
    images: str
    selector: str
    created: float
    health: Health


def row(job: Job) -> JobRow:
    """What the columns need of a job."""
    spec, status = job.spec, job.status
    shown = _status(job)
    return JobRow(
        name=job.metadata.name,
        namespace=job.metadata.namespace,
        status=shown,
        succeeded=status.succeeded,
        wanted=1 if spec.completions is None else spec.completions,
        parallelism=(spec.parallelism or 0) if spec.completions is None else 0,
        started=status.start_time.timestamp() if status.start_time else 0.0,
        completed=status.completion_time.timestamp() if status.completion_time else 0.0,
        containers=spec.template.names,
        images=spec.template.images,
        selector=spec.selector.shown,
        created=job.metadata.created,
        health=_health(shown, status.failed),
    )


def _status(job: Job) -> str:
    def holds(kind: str) -> bool:
        return condition(job.status.conditions, kind) == "True"

    if holds("Complete"):
        return "Complete"
    if holds("Failed"):
        return "Failed"
    if job.metadata.deletion_timestamp:
        return "Terminating"
    if holds("Suspended"):
        return "Suspended"
    return "FailureTarget" if holds("FailureTarget") else "Running"


def _health(status: str, failed: int) -> Health:
    match status:
        case "Complete" | "Suspended":
            return Health.OFF
        case "Failed" | "FailureTarget":
            return Health.BROKEN
        case "Terminating":
            return Health.CHANGING
        case _:
            # Pods of it have failed, and it tries again.
            return Health.CHANGING if failed else Health.HEALTHY


def _completions(row: JobRow, _now: float) -> Cell:
    shown = f"{row.succeeded}/{row.wanted}"
    if row.parallelism > 1:
        shown += f" of {row.parallelism}"
    return Cell(shown, number=row.succeeded / row.wanted if row.wanted else 1.0)


def _duration(row: JobRow, now: float) -> Cell:
    if not row.started:
        return Cell("")
    seconds = (row.completed or now) - row.started
    return Cell(age(seconds), number=seconds)


JOBS = Kind(
    plural="jobs",
    singular="job",
    name="Job",
    short_names=(),
    namespaced=True,
    columns=(
        NAMESPACE,
        NAME,
        text("STATUS", lambda row: row.status),
        Column("COMPLETIONS", _completions),
        Column("DURATION", _duration, by_time=True),
        AGE,
        CONTAINERS,
        IMAGES,
        SELECTOR,
        CREATED,
    ),
    broken="failed",
    related=("cronjobs", "pods", "events"),
    read=Reader(Job, row),
    group="batch",
)
