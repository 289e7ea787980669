"""Cron jobs: when they run, when they last did, and whether that came to a good end."""

from datetime import datetime

import msgspec

from connector.resources.age import age
from connector.resources.kind import AGE, CREATED, NAME, NAMESPACE, Cell, Column, Health, Kind, count, text
from connector.resources.wire import Metadata, Reader
from connector.resources.workload import CONTAINERS, IMAGES, NONE, SELECTOR, Selector, Template


class JobSpec(msgspec.Struct):
    selector: Selector = msgspec.field(default_factory=Selector)
    template: Template = msgspec.field(default_factory=Template)


class JobTemplate(msgspec.Struct):
    spec: JobSpec = msgspec.field(default_factory=JobSpec)


class CronJobSpec(msgspec.Struct, rename="camel"):
    schedule: str = ""
    time_zone: str | None = None
    suspend: bool | None = None
    job_template: JobTemplate = msgspec.field(default_factory=JobTemplate)


class Active(msgspec.Struct, gc=False):
    """A job of it that runs; only how many there are is shown."""


class CronJobStatus(msgspec.Struct, rename="camel"):
    active: list[Active] | None = None
    last_schedule_time: datetime | None = None
    last_successful_time: datetime | None = None


class CronJob(msgspec.Struct):
    metadata: Metadata
    spec: CronJobSpec = msgspec.field(default_factory=CronJobSpec)
    status: CronJobStatus = msgspec.field(default_factory=CronJobStatus)


class CronJobRow(msgspec.Struct, frozen=True, gc=False):
    name: str
    namespace: str | None
    schedule: str
    time_zone: str
    suspend: str
    active: int
    last_schedule: float
    """Epoch seconds; 0 for never."""
    containers: str
    images: str
    selector: str
    created: float
    health: Health


def row(one: CronJob) -> CronJobRow:
    """What the columns need of a cron job."""
    spec, status = one.spec, one.status
    template = spec.job_template.spec.template
    return CronJobRow(
        name=one.metadata.name,
        namespace=one.metadata.namespace,
        schedule=spec.schedule,
        time_zone=NONE if spec.time_zone is None else spec.time_zone,
        suspend="<unset>" if spec.suspend is None else str(spec.suspend),
        active=len(status.active or ()),
        last_schedule=status.last_schedule_time.timestamp() if status.last_schedule_time else 0.0,
        containers=template.names,
        images=template.images,
        selector=spec.job_template.spec.selector.shown,
        created=one.metadata.created,
        health=_health(one),
    )


def _health(one: CronJob) -> Health:
    status = one.status
    if one.metadata.deletion_timestamp:
        return Health.CHANGING
    if one.spec.suspend:
        return Health.OFF
    if status.active or not status.last_schedule_time:
        return Health.HEALTHY
    # Nothing of it runs, and its last run has not been followed by a success.
    succeeded = status.last_successful_time
    failed = succeeded is None or succeeded < status.last_schedule_time
    return Health.BROKEN if failed else Health.HEALTHY


def _last_schedule(row: CronJobRow, now: float) -> Cell:
    if not row.last_schedule:
        return Cell(NONE)
    return Cell(age(now - row.last_schedule), number=now - row.last_schedule)


CRONJOBS = Kind(
    plural="cronjobs",
    singular="cronjob",
    name="CronJob",
    short_names=("cj",),
    namespaced=True,
    columns=(
        NAMESPACE,
        NAME,
        text("SCHEDULE", lambda row: row.schedule),
        text("TIMEZONE", lambda row: row.time_zone),
        text("SUSPEND", lambda row: row.suspend),
        count("ACTIVE", lambda row: row.active),
        Column("LAST SCHEDULE", _last_schedule, by_time=True),
        AGE,
        CONTAINERS,
        IMAGES,
        SELECTOR,
        CREATED,
    ),
    broken="failed at their last run",
    related=("jobs", "pods", "events"),
    read=Reader(CronJob, row),
    group="batch",
)
