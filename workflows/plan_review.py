"""One date of review 规划评审: started by a Schedule, it has every plan of a kind that is due reviewed as of that moment."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributeKey

from activities.reviewing import ReviewAsked, ReviewDue, Reviewed, Reviewing

SCHEDULED_FOR = SearchAttributeKey.for_datetime("TemporalScheduledStartTime")
"""Temporal's own: the moment that a Schedule has started a workflow for, however late it did."""

LONG: dict[str, Any] = {
    "start_to_close_timeout": timedelta(hours=12),
    "heartbeat_timeout": timedelta(minutes=2),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(seconds=1), backoff_coefficient=2, maximum_interval=timedelta(minutes=1)
    ),
}
"""All plans of a kind: tried until the store and Temporal answer, from where the last try has come to."""


@workflow.defn(name="PlanReview")
class PlanReviewWorkflow:
    """One date of review 规划评审 for all plans of a kind."""

    @workflow.run
    async def run(self, asked: ReviewAsked) -> Reviewed:
        """Review them as of the moment that was scheduled; as of now when somebody starts it by hand."""
        at = workflow.info().typed_search_attributes.get(SCHEDULED_FOR) or workflow.now()
        workflow.set_current_details(f"Reviews the {asked.kind} plans that are due at `{at:%Y-%m-%d %H:%M %Z}` 规划评审")
        done: Reviewed = await workflow.execute_activity_method(
            Reviewing.review_plans,
            ReviewDue(kind=asked.kind, at=at),
            summary=f"{asked.kind} plans due 到期规划评审 {at:%Y-%m-%d}",
            **LONG,
        )
        left = f", {len(done.left) + done.left_more} without an answer 未应答" if done.left else ""
        workflow.set_current_details(f"Reviewed 已评审 {done.reviewed}, refused 拒绝 {done.refused}{left}")
        return done
