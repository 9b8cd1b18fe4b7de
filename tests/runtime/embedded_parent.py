"""A program that keeps an embedded server until it is killed; prints the address: `python embedded_parent.py HOME PORT`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from runtime.embedded import embedded_temporal


async def main(home: str, port: str) -> None:
    async with embedded_temporal(Path(home), int(port), None) as address:
        print(address, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
