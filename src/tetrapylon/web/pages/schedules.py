"""A schedule that was kept: who, when, which dates are a HOLD; chart and week maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from tetrapylon.errors import NotFound
from tetrapylon.model import Product
from tetrapylon.web.asked import Ask, Asked
from tetrapylon.web.describing import HTML, answers
from tetrapylon.web.rendering import render

if TYPE_CHECKING:
    from tetrapylon.workflow.schedule_result import Schedule

router = APIRouter()


@router.get("/plan/schedule/{uid}", response_class=HTMLResponse, responses=answers(HTML))
def schedule(asked: Ask, uid: str) -> HTMLResponse:
    """One kept schedule."""
    from tetrapylon.workflow.schedule import KIND
    from tetrapylon.workflow.schedule_result import NO_PERMISSION

    kept = [c for c in asked.view.claims(Product, ever=True) if c.uid == uid and c.body.kind == KIND]
    if not kept:
        raise NotFound(
            "There is no such schedule here.",
            hint="A schedule is of the restricted tier: serve --tiers public,partners,restricted shows it.",
        )
    plan, charts = asked.reading.computed(asked.clocks, f"schedule {uid}", lambda: _drawn(asked, kept[0].body))
    return render(asked, "schedule.html", kept=kept[0], plan=plan, charts=charts, no_permission=NO_PERMISSION)


def _drawn(asked: Asked, body: Product) -> tuple[Schedule, dict[str, str]]:
    from tetrapylon.reports.gantt import gantt
    from tetrapylon.reports.plan_maps import weeks_map
    from tetrapylon.workflow.schedule import kept_schedule

    plan = kept_schedule(asked.reading.record(), body)
    charts = {"gantt_structures": gantt(plan), "gantt_teams": gantt(plan, by="team"), "week_maps": weeks_map(plan)}
    return plan, charts
