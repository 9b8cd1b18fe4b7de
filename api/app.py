"""The HTTP door: one application in front of the command path and the read models. It decides nothing itself."""

from __future__ import annotations

from fastapi import APIRouter, Depends, FastAPI

from api import (
    business_plans,
    commands,
    customers,
    health,
    notices,
    overrides,
    pipeline,
    plans,
    problems,
    product,
    projects,
    reactivations,
    reference,
    tickets,
)
from api.guard import Gate, key_check
from api.shelf import Shelf
from runtime.results import ANSWER_SECONDS, NotTaken
from runtime.stack import Stack

VERSION = "1"
"""Of the API, as its addresses say it."""


def create_app(stack: Stack, key: str, *, answer_seconds: float = ANSWER_SECONDS) -> FastAPI:
    """The application on a stack that runs. `key` is what callers must show; each command gets `answer_seconds`.

    It answers only to this machine's own names while the settings keep it on the loopback. Raises ValueError for an empty key.
    """
    app = FastAPI(title="Throughline 贯通", version=VERSION, docs_url=None, redoc_url=None, redirect_slashes=False)
    guarded = APIRouter(
        dependencies=[Depends(key_check(key))],
        responses={401: {"model": NotTaken, "description": "No key, or not the key."}},
    )
    store, shelf = stack.core.store, Shelf(stack.core)
    guarded.include_router(commands.router(stack.submitter, answer_seconds))
    guarded.include_router(customers.router(store, shelf))
    guarded.include_router(projects.router(store, shelf))
    guarded.include_router(plans.router(store, shelf))
    guarded.include_router(business_plans.router(store, shelf))
    guarded.include_router(product.router(store, shelf))
    guarded.include_router(reactivations.router(store))
    guarded.include_router(overrides.router(store))
    guarded.include_router(notices.router(store))
    guarded.include_router(pipeline.router(store, shelf))
    guarded.include_router(tickets.router(store, shelf))
    app.include_router(guarded)
    app.include_router(health.router(stack))
    problems.install(app)
    reference.install(app)
    app.add_middleware(Gate, host=stack.core.settings.api_host)
    return app
