"""`up`: Temporal, the store, a worker and the API in one program, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import asyncio
import signal
from contextlib import AsyncExitStack

from rich.console import Console

from api.app import create_app
from commandline.seam import DONE
from commandline.serving import key_of, listening, serving
from runtime.logging import forward_core_logs, set_up_logging
from runtime.settings import Settings, load_settings
from runtime.stack import running


def up() -> int:
    """Run until told to stop; everything that was started is stopped again. Returns the exit code."""
    settings = load_settings()
    set_up_logging(settings.log_level)
    forward_core_logs()
    return asyncio.run(_run(settings))


async def _run(settings: Settings) -> int:
    console = Console(highlight=False, soft_wrap=True)
    me = asyncio.current_task()
    assert me is not None
    loop = asyncio.get_running_loop()
    stopping = False

    def stop() -> None:
        nonlocal stopping
        # Only once: a second Ctrl-C must not break off the stopping and leave a server behind.
        if not stopping:
            stopping = True
            console.print("\nStopping …")
            me.cancel()

    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, stop)
    try:
        await _serve(settings, console)
    except asyncio.CancelledError:
        if not stopping:
            raise
    console.print("Stopped.")
    return DONE


async def _serve(settings: Settings, console: Console) -> None:
    async with AsyncExitStack() as stack:
        listener = stack.enter_context(listening(settings))
        system = await stack.enter_async_context(running(settings))
        key = stack.enter_context(key_of(settings))
        api = await stack.enter_async_context(serving(create_app(system, key), listener))
        _tell(settings, key, console)
        await asyncio.shield(api)


def _tell(settings: Settings, key: str, console: Console) -> None:
    """What runs where."""
    namespace = settings.temporal_namespace
    console.print("[bold]Throughline 贯通[/bold] is running. Ctrl-C stops it.", end="\n\n")
    console.print(f"  Temporal     {settings.temporal_address}, namespace {namespace}")
    if settings.embedded:
        console.print(f"  Temporal UI  http://127.0.0.1:{settings.temporal_ui_port}/namespaces/{namespace}/workflows")
    console.print(f"  API          http://{settings.api_host}:{settings.api_port}/docs")
    console.print(f"  API key      {'as set in THROUGHLINE_API_KEY' if settings.api_key else key}", markup=False)
    console.print(f"  Store        {_store(settings)}", markup=False, end="\n\n")


def _store(settings: Settings) -> str:
    """Where the store is, without a password."""
    scheme, _, rest = settings.store_url.partition("://")
    return rest.removeprefix("/") if scheme == "sqlite" else f"{scheme}://{rest.rpartition('@')[2]}"
