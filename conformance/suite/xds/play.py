"""Plays cases: patients, scene, steps, expectations."""

import http.client
import time

from . import expect, feed
from .steps import Runner, Skipped
from .values import Values, fresh_oid, fresh_uuid


class Result:
    """How a case ended: PASS, FAIL or SKIP, with the reason."""

    def __init__(self, case, outcome, reason, seconds):
        self.case, self.outcome, self.reason, self.seconds = case, outcome, reason, seconds


class Session:
    """One run against one target. Scenes are played once and shared by the cases that only read."""

    def __init__(self, target, scenes, schemas, log, strict):
        self.target, self.scenes, self.schemas, self.log, self.strict = target, scenes, schemas, log, strict
        self.runner = Runner(target, log)
        self.played = {}
        self.number = 0
        self.prefix = f"S{int(time.time() * 1000):x}".upper()

    def run(self, case):
        """Plays a case. What goes wrong in whatever way is its result, so that the others are played too."""
        started = time.monotonic()
        self.log.begin(case.id)
        try:
            reason = self.play(case)
            outcome = "FAIL" if reason else "PASS"
        except Skipped as skipped:
            outcome, reason = "SKIP", str(skipped)
        except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
            outcome, reason = "FAIL", f"{type(error).__name__}: {error}"
        if outcome == "FAIL" and case.optional and not self.strict:
            outcome, reason = "SKIP", f"optional, and the server differs: {reason}"
        return Result(case, outcome, reason, time.monotonic() - started)

    def play(self, case):
        values = self.scene_of(case)
        values["row"] = case.row
        for name in case.patients:
            values[name] = self.patient()
        for number, step in enumerate(case.steps, 1):
            found = self.step(values.fill_row(step), values)
            if found:
                where = f"step {number}: " if len(case.steps) > 1 else ""
                return where + "; ".join(found)
        return ""

    def step(self, step, values):
        answers = self.runner.play(step, values)
        return expect.differences(answers, step.get("expect", {}), values, self.schemas)

    def scene_of(self, case):
        """The values that a case starts with: those of its scene, or a new patient alone."""
        if not case.scene:
            return self.start([])
        if case.fresh:
            return self.play_scene(case.scene)
        if case.scene not in self.played:
            self.log.begin(f"scene-{case.scene}")
            self.played[case.scene] = self.play_scene(case.scene)
            self.log.begin(case.id)
        return Values(self.played[case.scene])

    def play_scene(self, name):
        scene = self.scenes[name]
        values = self.start(scene.get("patients", []))
        for number, step in enumerate(scene["step"], 1):
            found = self.step(step, values)
            if found:
                raise ValueError(f"the scene {name} could not be set, step {number}: {'; '.join(found)}")
        return values

    def start(self, patients):
        domain = self.target.domain
        codes = self.target.codes
        # As a submission, a query, and a query of another scheme write them.
        plain = {name: ["^".join(code.split("^", 3)[:3]) for code in all_of] for name, all_of in codes.items()}
        bare = {name: [code.split("^")[0] for code in all_of] for name, all_of in codes.items()}
        values = Values(domain=domain, code=codes, plain=plain, bare=bare, patient=self.patient())
        values.update({name: self.patient() for name in patients})
        values["stranger"] = self.identifier()
        values["oid"] = fresh_oid(domain["uid_root"])
        values["random"] = fresh_uuid()[-12:]
        values["nowhere"] = {"uniqueId": fresh_oid(domain["uid_root"]), "uuid": "urn:uuid:3f1d9a52-7a40-4b0c-9d9e-2b8a4c7f1e60"}
        return values

    def identifier(self):
        self.number += 1
        return f"{self.prefix}{self.number}^^^&{self.target.domain['assigning_authority']}&ISO"

    def patient(self):
        """A patient that the server knows and that nobody has used."""
        if self.target.feed["mllp"]:
            identifier = self.identifier()
            feed.announce(self.target, identifier)
            return identifier
        if not self.target.pool:
            raise Skipped("needs feed.mllp, or more identifiers in feed.pool")
        return self.target.pool.pop(0)
