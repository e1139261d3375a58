"""`limu bench linking`: right and wrong attachments on the labelled pairs of the real tables.

A label is a pair (reported row, code of the subject) that follows from the published tables themselves: the same
unified code, the organisation code inside a tax number, or the whole registered name. Any other link is wrong."""

import csv
import os
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

import limu
from limu.bench.frame import bench_home, say
from limu.linking.actions import find_subjects
from limu.subject.actions import Loaded, load_frame
from limu.terms.names import normalise_name
from limu.terms.parties import split_parties
from limu.terms.uscc import clean_uscc, is_valid_uscc, organisation_code_of
from limu.wire.database import Connection
from limu.wire.migrate import prepare_database
from limu.wire.tables import read_table

SEED = 20_260_701
COUNTS = ("rows", "labelled", "right", "wrong", "waiting")


@dataclass(frozen=True, slots=True)
class Pair:
    """A reported row as linking sees it, and the code of the subject it is about; empty where it is about none."""

    name: str
    truth: str
    uscc: str = ""
    number: str = ""
    region: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Register:
    """The register the pairs are labelled against: rows of the sample by code, codes by normalised name."""

    rows: dict[str, dict[str, str]]
    codes: dict[str, list[str]]
    organisations: dict[str, str]


def run(words: Mapping[str, str]) -> int:
    """Link every labelled set and print one line of JSON for each; 1 if anything was attached wrongly."""
    folder = Path(words["--samples"]) if "--samples" in words else samples()
    if not folder.is_dir():
        sys.stderr.write(f"没有真实数据表：{folder}（LIMU_SAMPLES）\n")
        return 1
    register = read_register(folder)
    sets = {
        "nfra_by_name": list(nfra_pairs(folder, register)),
        "jiangxi_by_code": [pair for pair in jiangxi_pairs(folder, register) if pair.uscc],
        "jiangxi_by_old_tax_number": [pair for pair in jiangxi_pairs(folder, register) if pair.number],
        "qinghai": list(qinghai_pairs(folder, register)),
        "name_variants_with_code": list(variant_pairs(folder, register, with_code=True)),
        "name_variants_by_name": list(variant_pairs(folder, register, with_code=False)),
        "one_character_changed": list(near_pairs(register)),
    }
    total: Counter[str] = Counter()
    with bench_home() as database:
        prepare_database(database)
        with database.connect("app") as connection:
            load_sample(connection, folder)
            for name, pairs in sets.items():
                counts = measure(connection, pairs)
                total.update(counts)
                say(_line(name, counts))
            connection.rollback()
    say(_line("all", total) | {"bar": 0.8, "moonshot": 0.95, "reached": _reached(total)})
    return 1 if total["wrong"] else 0


def _line(name: str, counts: Counter[str]) -> dict[str, object]:
    linked = counts["right"] + counts["wrong"]
    return {
        "job": "linking", "set": name, **{one: counts[one] for one in COUNTS},
        "recall": round(counts["right"] / counts["labelled"], 4) if counts["labelled"] else None,
        "precision": round(counts["right"] / linked, 4) if linked else None,
    }  # fmt: skip


def _reached(counts: Counter[str]) -> str:
    recall = counts["right"] / max(1, counts["labelled"])
    if counts["wrong"] or recall < 0.8:
        return "below the bar"
    return "moonshot" if recall >= 0.95 else "bar"


def samples() -> Path:
    """The folder of real tables: LIMU_SAMPLES, else beside the checkout."""
    return Path(os.environ.get("LIMU_SAMPLES") or Path(limu.__file__).parents[2] / "shared" / "data")


def read_register(folder: Path) -> Register:
    """Read the register's sample with the variants' registered names, for the labels."""
    rows = {row["code"]: row for row in _sample_rows(folder) if is_valid_uscc(row["code"])}
    codes: dict[str, list[str]] = {}
    for code, row in rows.items():
        codes.setdefault(normalise_name(row["name"]), []).append(code)
    return Register(rows, codes, {organisation_code_of(code): code for code in rows})


def _sample_rows(folder: Path) -> Iterator[dict[str, str]]:
    seen = set()
    for row in _read(folder / "registry-sample-cn-2019" / "registry.csv"):
        seen.add(row["统一社会信用代码"])
        yield {
            "name": row["企业名称"], "code": row["统一社会信用代码"], "registered_on": row["注册日期"],
            "type": row["企业类型"], "province": row["所在省份"], "area": row["地区"], "address": row["注册地址"],
        }  # fmt: skip
    for row in _read(folder / "name-variants-jiangxi" / "pairs.csv"):
        if row["统一社会信用代码"] not in seen:
            blank = dict.fromkeys(("registered_on", "type", "area", "address"), "")
            yield {"name": row["名称乙"], "code": row["统一社会信用代码"], "province": "江西", **blank}


def load_sample(connection: Connection, folder: Path) -> Loaded:
    """Load the labelled register by the product's own path."""
    return load_frame(connection, pl.DataFrame(list(_sample_rows(folder))), source="labelled sample")


def _read(path: Path, encoding: str = "utf-8") -> Iterator[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        yield from csv.DictReader(file)


def nfra_pairs(folder: Path, register: Register) -> Iterator[Pair]:
    """Parties of the financial regulator: no code at all, only a name and the province of the authority."""
    provinces = {row["name"]: row["code"] for row in read_table("regions") if row["code"].endswith("0000")}
    seen = set()
    for row in _read(folder / "nfra-penalties-2024-2026" / "penalties.csv"):
        for party in split_parties(row["当事人名称"]).organisations:
            key = (party.name, row["所属省份"])
            if key in seen:
                continue
            seen.add(key)
            codes = register.codes.get(normalise_name(party.name), [])
            yield Pair(party.name, codes[0] if len(codes) == 1 else "", region=provinces.get(row["所属省份"], ""))


def jiangxi_pairs(folder: Path, register: Register) -> Iterator[Pair]:
    """Taxpayers of class A: a unified code, or a 15-digit tax number with the organisation code inside."""
    for row in _read(folder / "tax-a-grade-jiangxi-2018" / "jiangxi.csv", "gbk"):
        number, name = clean_uscc(row["纳税人识别号"]), row["纳税人名称"] or ""
        if is_valid_uscc(number):
            yield Pair(name, number if number in register.rows else "", uscc=number, region="360000")
        elif len(number) == 15:
            yield Pair(name, register.organisations.get(number[6:], ""), number=f"tax:{number}", region="360000")


def qinghai_pairs(folder: Path, register: Register) -> Iterator[Pair]:
    """Major tax violation cases: seven lines a case, codes with blanks."""
    with (folder / "tax-violations-qinghai-2021" / "qinghai_kv.csv").open(encoding="utf-8", newline="") as file:
        case: dict[str, str] = {}
        for line in [*csv.reader(file), ["纳税人名称", ""]]:
            if line and line[0] == "纳税人名称" and case:
                code = clean_uscc(case.get("纳税人识别号", ""))
                truth = code if code in register.rows else ""
                pair = Pair(case["纳税人名称"], truth, uscc=code, region="630000", address=case.get("注册地址", ""))
                yield pair
                if truth:
                    organisation = re.sub(r"\W", "", case.get("组织机构代码", ""))
                    yield replace(pair, uscc="", number=f"organisation:{organisation}")
                    yield replace(pair, uscc="")
                case = {}
            if len(line) > 1:
                case[line[0]] = ",".join(line[1:]).strip(" ,\u2002")


def variant_pairs(folder: Path, register: Register, *, with_code: bool) -> Iterator[Pair]:
    """One code, two names: found by the code always, by name alone only where the name is the registered one."""
    for row in _read(folder / "name-variants-jiangxi" / "pairs.csv"):
        code = row["统一社会信用代码"]
        if with_code:
            yield Pair(row["名称甲"], code, uscc=code, region="360000")
        else:
            is_same = normalise_name(row["名称甲"]) == normalise_name(register.rows[code]["name"])
            yield Pair(row["名称甲"], code if is_same else "", region="360000")


def near_pairs(register: Register) -> Iterator[Pair]:
    """Every registered name with one character changed, in the right region: Taylor & Son beside Taylor & Sons."""
    chance = random.Random(SEED)  # noqa: S311 - a reproducible set
    letters = sorted({letter for name in register.codes for letter in name})
    for name, codes in register.codes.items():
        place = chance.randrange(len(name))
        changed = name[:place] + chance.choice(letters) + name[place + 1 :]
        others = register.codes.get(changed, [])
        yield Pair(changed, others[0] if len(others) == 1 else "", region=codes[0][2:4] + "0000")


def measure(connection: Connection, pairs: list[Pair]) -> Counter[str]:
    """Link a set by the product's own path, and count it against the labels."""
    links = find_subjects(connection, _rows(pairs)).links.rows()
    codes = _codes(connection, {subject for _, subject, _ in links})
    linked = {number: codes[subject] for number, subject, _ in links}
    counts = Counter(dict.fromkeys(COUNTS, 0)) + Counter(rows=len(pairs))
    for number, pair in enumerate(pairs):
        found = linked.get(number)
        counts["labelled"] += bool(pair.truth)
        counts["right"] += bool(pair.truth) and found == pair.truth
        counts["wrong"] += found is not None and found != pair.truth
        counts["waiting"] += found is None
    return counts


def _codes(connection: Connection, subjects: set[str]) -> dict[str, str]:
    rows = connection.execute(
        "SELECT id::text, coalesce(uscc, '') AS uscc FROM limu.subject WHERE id = ANY (%s::uuid[])", (list(subjects),)
    )
    return {row["id"]: row["uscc"] for row in rows}


def _rows(pairs: list[Pair]) -> pl.DataFrame:
    texts = ("party_name", "party_normal", "party_uscc", "region", "address")
    rows = [
        (number, pair.name, normalise_name(pair.name), pair.uscc or None, pair.region or None, pair.address or None,
         [pair.number] if pair.number else None)
        for number, pair in enumerate(pairs)
    ]  # fmt: skip
    schema = {"row_number": pl.Int64(), **dict.fromkeys(texts, pl.String()), "party_numbers": pl.List(pl.String)}
    return pl.DataFrame(rows, schema=schema, orient="row")
