"""Ports of this machine: is one taken, and which one is free."""

from __future__ import annotations

import random
import socket

OURS = range(12_000, 32_000)
"""Below the ports that systems hand out by themselves: one of those may be an outgoing connection's a moment later."""


def free_port() -> int:
    """A TCP port that nothing listened on just now, on 127.0.0.1. For tests and benchmarks."""
    while port_is_taken("127.0.0.1", port := random.choice(OURS)):
        pass
    return port


def port_is_taken(host: str, port: int) -> bool:
    """True when another program listens on this port. Connections that are still closing do not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
        return False
