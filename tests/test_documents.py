"""The documents are true: their commands run, their links lead somewhere, and what is generated is up to date."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from docs.generate import catalogue
from domain.parsing import parse
from runtime.playbooks import load_playbooks
from runtime.settings import Settings, load_settings
from runtime.sockets import free_port
from runtime.stack import Stack, running
from runtime.submitting import CommandRefusedError

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs" / "decisions").glob("*.md"))]
BLOCK = re.compile(r"^```(\S+)([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
NOT_RUN = ("make", "export", "curl", "python worker.py")
"""Beginnings of shell lines that other tests run, or that need what a test has not."""


def blocks(page: Path) -> list[tuple[str, str, str]]:
    """Every fenced block: language, the rest of its first line, text."""
    return [(kind, rest.strip(), text) for kind, rest, text in BLOCK.findall(page.read_text(encoding="utf-8"))]


def test_the_catalogue_says_what_the_code_says() -> None:
    playbook = next(one for one in load_playbooks(ROOT / "playbooks") if one.playbook == "standard")
    written = (ROOT / "docs" / "catalogue.md").read_text(encoding="utf-8")
    assert written == catalogue(playbook), "run `python -m docs.generate`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_in_the_documents_leads_somewhere(page: Path) -> None:
    links = [link.partition("#")[0] for link in LINK.findall(page.read_text(encoding="utf-8"))]
    dead = [link for link in links if "://" not in link and link and not (page.parent / link).exists()]
    assert not dead


def test_every_place_that_the_glossary_names_exists() -> None:
    rows = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    places = [match.group(1) for row in rows if (match := re.search(r"\| `([^`]+)` \|$", row))]
    assert len(places) > 30
    assert not [place for place in places if not (ROOT / place).exists()]


def test_every_setting_that_the_documents_name_exists() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    named = {name.lower() for name in re.findall(r"THROUGHLINE_([A-Z_]+)", text)}
    assert named
    named = {name for name in named if not name.startswith("channel_")}  # one for each channel of the playbooks
    assert named <= {name for name in Settings.model_fields if name not in ("temporal", "channels")}


@pytest_asyncio.fixture
async def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stack]:
    """A whole system of its own: the guide uses ids that other tests may use too."""
    monkeypatch.setenv("THROUGHLINE_HOME", str(tmp_path))
    monkeypatch.setenv("THROUGHLINE_TEMPORAL_PORT", str(free_port()))
    monkeypatch.setenv("THROUGHLINE_TEMPORAL_UI_PORT", str(free_port()))
    async with running(load_settings()) as stack:
        yield stack


@pytest.mark.timeout(180)
async def test_the_guide_runs_from_first_contact_to_renewal(stack: Stack) -> None:
    guide = ROOT / "docs" / "guide.md"
    count = 0
    for kind, expected, text in blocks(guide):
        if kind == "jsonl":
            for line in text.splitlines():
                count += 1
                assert await taken(stack, line, f"guide-{count}") is (expected != "refused"), line
    shown = [line for kind, _, text in blocks(guide) if kind == "sh" for line in text.replace("\\\n", " ").splitlines()]
    gate = asyncio.Semaphore(2)

    async def run(line: str) -> None:
        async with gate:
            await run_shell(line)

    await asyncio.gather(*map(run, shown))
    assert count > 40


async def taken(stack: Stack, line: str, command_id: str) -> bool:
    """Submit one line of the guide; False when it is refused."""
    try:
        await stack.submitter.submit(parse(json.loads(line) | {"command_id": command_id}))
    except CommandRefusedError:
        return False
    return True


async def run_shell(line: str) -> None:
    """Run one shell line of the guide, if it is one that a test can run; it must end well and say something."""
    words = shlex.split(line)
    if not words or line.strip().startswith(NOT_RUN) or "lines.jsonl" in words:
        return
    assert words[0] == ".venv/bin/python", line
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *words[1:],
        cwd=ROOT,
        env=dict(os.environ),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == 0, f"{line}\n{err.decode()}"
    assert out.strip(), line
