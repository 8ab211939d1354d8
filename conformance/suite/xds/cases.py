"""Reads the case files: `suite/FOLDER/*.toml`, and the scenes they build on."""

import tomllib
from pathlib import Path

from .values import Values

ROOT = Path(__file__).parent.parent
KEYS = {"id", "section", "title", "rule", "scene", "fresh", "optional", "step", "each", "patients", "reason"}


class Case:
    """One rule of the standard and the steps that show whether a server keeps it."""

    def __init__(self, folder, said, row):
        self.folder = folder
        self.id, self.section, self.title, self.rule = (said[key] for key in ("id", "section", "title", "rule"))
        self.scene, self.fresh = said.get("scene"), said.get("fresh", False)
        self.optional, self.patients = said.get("optional", False), said.get("patients", [])
        self.steps, self.row = said["step"], row

    def fits(self, selectors):
        """Whether one of these selects the case: a folder (`iti18`), the beginning of a section, or of an id."""
        number = self.section.split(": ")[-1]
        return not selectors or any(self.folder == s or self.id.startswith(s) or number.startswith(s) for s in selectors)


def read_cases():
    """All cases, by folder and file. Raises ValueError for a file that is not right."""
    cases, ids = [], set()
    for path in sorted(ROOT.glob("*/*.toml")):
        if path.parent.name == "scenes":
            continue
        for case in _read_file(path):
            if case.id in ids:
                raise ValueError(f"{path.name}: the id {case.id} occurs twice")
            ids.add(case.id)
            cases.append(case)
    return cases


def read_scenes():
    """Steps that several cases start from, by name."""
    scenes = {}
    for path in sorted((ROOT / "scenes").glob("*.toml")):
        scenes.update(tomllib.loads(path.read_text(encoding="utf-8")))
    return scenes


def _read_file(path):
    """A file has cases, and what it says outside of them holds for all of them."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    common = {key: value for key, value in content.items() if key != "case"}
    for said in content.get("case", []):
        said = {**common, **said}
        unknown = set(said) - KEYS
        missing = {"id", "section", "title", "rule", "step"} - set(said)
        if unknown or missing:
            raise ValueError(f"{path.name}, case {said.get('id')}: unknown {sorted(unknown)}, missing {sorted(missing)}")
        said["id"] = f"{path.parent.name}/{said['id']}"
        for row in said.pop("each", [{}]):
            yield _expand(path, said, row)


def _expand(path, said, row):
    """A case for one row of its table: `${row.…}` in id, title, rule and section stands for the row's values."""
    values = Values(row=row)
    head = {key: values.fill_row(said[key]) for key in ("id", "section", "title", "rule")}
    head["id"] = head["id"].replace("$", "").replace(" ", "-")
    return Case(path.parent.name, {**said, **head, **{key: row[key] for key in ("optional",) if key in row}}, row)
