"""Load on a web page: wrk where it is installed, else a small client of our own over kept connections."""

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

CONNECTIONS = 32
_SCRIPT = """
%s
local paths = { %s }
local at = 0
request = function()
  at = at %% #paths + 1
  return wrk.format("GET", paths[at])
end
done = function(summary, latency, requests)
  io.write(string.format('{"requests":%%d,"seconds":%%.6f,"errors":%%d,"p50":%%.3f,"p99":%%.3f}\\n',
    summary.requests, summary.duration / 1e6,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
"""


@dataclass(frozen=True, slots=True)
class Served:
    """What a server answered under load; p50 and p99 in milliseconds."""

    requests: int
    seconds: float
    errors: int
    p50: float
    p99: float

    @property
    def rate(self) -> float:
        """Return the requests answered in a second."""
        return self.requests / self.seconds


def generator() -> str:
    """Name the load generator that will be used."""
    return "wrk" if shutil.which("wrk") else "limu.bench.load (asyncio)"


def press(
    origin: str, paths: list[str], *, seconds: float, connections: int = CONNECTIONS,
    headers: dict[str, str] | None = None,
) -> Served:  # fmt: skip
    """Ask for the paths in turn over kept connections for so many seconds, each time with these headers."""
    if shutil.which("wrk"):
        return _by_wrk(origin, paths, seconds=seconds, connections=connections, headers=headers or {})
    more = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    command = [sys.executable, "-m", "limu.bench.load", origin, str(seconds), str(connections), more]
    done = subprocess.run(command, input="\n".join(paths), check=True, capture_output=True, text=True)
    return Served(**json.loads(done.stdout))


def _by_wrk(
    origin: str, paths: list[str], *, seconds: float, connections: int, headers: dict[str, str]
) -> Served:  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "paths.lua"
        more = "\n".join(f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}" for name, value in headers.items())
        script.write_text(_SCRIPT % (more, ", ".join(json.dumps(path) for path in paths)))
        command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "-s", str(script), origin]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Served(**json.loads(done.stdout.splitlines()[-1]))


async def _ask(
    origin: str, paths: list[str], *, more: str, until: float, seen: Counter[str], spent: list[float]
) -> None:  # fmt: skip
    address = urlsplit(origin)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    at = 0
    while time.perf_counter() < until:
        started = time.perf_counter()
        writer.write(f"GET {paths[at % len(paths)]} HTTP/1.1\r\nHost: {address.netloc}\r\n{more}\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        await _pass_body(reader, head)
        seen["requests"] += 1
        seen["errors"] += head[9:12] != b"200"
        spent.append(time.perf_counter() - started)
        at += 1
    writer.close()


async def _pass_body(reader: asyncio.StreamReader, head: bytes) -> None:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            await reader.readexactly(int(line.split(b":")[1]))
            return
    # Without a length it comes in pieces (RFC 9112, 7.1), the last of which is empty.
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        await reader.readexactly(size + 2)
    await reader.readuntil(b"\r\n")


async def _press(origin: str, paths: list[str], *, seconds: float, connections: int, more: str) -> Served:
    seen: Counter[str] = Counter()
    spent: list[float] = []
    started = time.perf_counter()
    shifts = [paths[place * 7 % len(paths) :] + paths[: place * 7 % len(paths)] for place in range(connections)]
    until = started + seconds
    await asyncio.gather(*(_ask(origin, one, more=more, until=until, seen=seen, spent=spent) for one in shifts))
    spent.sort()
    p50, p99 = (1000 * spent[int(len(spent) * part)] for part in (0.5, 0.99))
    return Served(seen["requests"], time.perf_counter() - started, seen["errors"], p50, p99)


def main() -> None:
    """Press as a process of its own: the paths come on standard input."""
    origin, seconds, connections, more = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    paths = sys.stdin.read().split()
    served = asyncio.run(_press(origin, paths, seconds=seconds, connections=connections, more=more))
    sys.stdout.write(json.dumps({name: getattr(served, name) for name in Served.__slots__}))


if __name__ == "__main__":
    main()
