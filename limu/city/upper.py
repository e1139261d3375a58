"""A simulated platform above: it takes packages, judges rows by rules of its own, and may lose, repeat and reorder.

It stands for any platform a deployment reports to. What it has once judged it judges the same again: it knows a package
by its number."""

import csv
import hashlib
import io
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

CODES = ("CF_XDR_SHXYM", "XK_XDR_SHXYM", "party_uscc")


@dataclass(frozen=True, slots=True)
class Mischief:
    """How often it errs, each as a share of one."""

    loses: float = 0.0
    mutes: float = 0.0
    repeats: float = 0.0
    delays: float = 0.0
    splits: float = 0.0
    refuses: float = 0.0


@dataclass(slots=True)
class Upper:
    """The platform above, in a folder with `out/` (to it) and `back/` (from it)."""

    root: Path
    chance: Random
    mischief: Mischief = field(default_factory=Mischief)
    _judged: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _later: list[dict[str, Any]] = field(default_factory=list)
    _count: int = 0

    def work(self) -> int:
        """Take every package that lies there and answer; returns how many answers were written."""
        before = self._count
        packages = sorted((self.root / "out").glob("*.zip")) if (self.root / "out").is_dir() else []
        self.chance.shuffle(packages)
        for path in packages:
            content = path.read_bytes()
            path.unlink()
            if self.chance.random() >= self.mischief.loses:
                self._take(content)
        for answer in self._later:
            if self.chance.random() >= self.mischief.delays:
                self._write(answer)
        self._later = [answer for answer in self._later if not answer["written"]]
        return self._count - before

    def _take(self, content: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            manifest = json.loads(file.read("manifest.json"))
            text = file.read("rows.csv")
        number = manifest["number"]
        if hashlib.sha256(text).hexdigest() != manifest["sha256"]:
            return
        if number not in self._judged:
            self._judged[number] = [self._judge(row) for row in csv.DictReader(io.StringIO(text.decode()))]
        if self.chance.random() < self.mischief.mutes:
            return
        digest = hashlib.sha256(content).hexdigest()
        for rows in self._parts(self._judged[number]):
            for _ in range(1 + (self.chance.random() < self.mischief.repeats)):
                self._later.append({"number": number, "sha256": digest, "rows": rows, "written": False})

    def _parts(self, rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
        """One answer for all, or two that come apart."""
        if len(rows) < 2 or self.chance.random() >= self.mischief.splits:
            return [rows]
        middle = len(rows) // 2
        return [rows[middle:], rows[:middle]]

    def _judge(self, row: dict[str, str]) -> dict[str, Any]:
        code = next((row[name] for name in CODES if row.get(name)), "")
        faults = [] if code or row["operation"] == "withdraw" else ["E02"]
        if not faults and row["operation"] == "report" and self.chance.random() < self.mischief.refuses:
            faults = [self.chance.choice(("E01", "E03", "E05", "E99"))]
        verdict = "returned" if faults else "accepted"
        return {"record": row["record"], "operation": row["operation"], "verdict": verdict, "codes": faults}

    def _write(self, answer: dict[str, Any]) -> None:
        answer["written"] = True
        self._count += 1
        folder = self.root / "back"
        folder.mkdir(parents=True, exist_ok=True)
        told = {name: answer[name] for name in ("number", "sha256", "rows")}
        name = f"{self.chance.getrandbits(64):016x}"
        draft = folder / f".{name}"
        draft.write_text(json.dumps(told), encoding="utf-8")
        draft.replace(folder / f"{name}.json")

    def verdicts(self) -> dict[tuple[str, str], str]:
        """What it has judged in the end: (record, operation) to verdict."""
        return {
            (row["record"], row["operation"]): row["verdict"] for rows in self._judged.values() for row in rows
        }  # fmt: skip
