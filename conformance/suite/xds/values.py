"""Names in the texts of cases: `${note.uuid}` becomes the entryUUID of the object that the case calls note."""

import re
import uuid

NAME = re.compile(r"\$\{([A-Za-z0-9_.-]+)\}")

ROW = re.compile(r"\$\{(row\.[A-Za-z0-9_.-]+)\}")


class Values(dict):
    """What the steps so far have named. A name is a path: `note.uuid`, `code.classCode.1`, `row.attribute`."""

    def find(self, path):
        """The value at a path."""
        value = self
        for part in path.split("."):
            try:
                value = value[int(part)] if isinstance(value, list) else value[part]
            except (KeyError, IndexError, ValueError, TypeError):
                raise KeyError(f"nothing is called ${{{path}}}") from None
        return value

    def fill(self, value):
        """The value with all names in it replaced. A text that is one name becomes what that name means, of whatever type."""
        if isinstance(value, str):
            whole = NAME.fullmatch(value)
            if whole:
                return self.fill(self.find(whole[1]))
            return NAME.sub(lambda name: str(self.fill(self.find(name[1]))), value)
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if isinstance(value, dict):
            return {self.fill(key): self.fill(item) for key, item in value.items()}
        return value

    def fill_row(self, step):
        """A step with the values of the case's row in it; other names keep until the step is played."""
        if isinstance(step, str):
            whole = ROW.fullmatch(step)
            if whole:
                return self.find(whole[1])
            return ROW.sub(lambda name: str(self.find(name[1])), step)
        if isinstance(step, list):
            return [self.fill_row(item) for item in step]
        if isinstance(step, dict):
            return {self.fill_row(key): self.fill_row(item) for key, item in step.items()}
        return step

    def object_id(self, name):
        """The entryUUID of an object that has this name, or the text itself where it is no name."""
        if ":" in name:
            return name
        value = self.find(name)
        return value["uuid"] if isinstance(value, dict) else value


def fresh_uuid():
    return f"urn:uuid:{uuid.uuid4()}"


def fresh_oid(root):
    """An OID that nobody has used: a UUID as a number, under `root`."""
    return f"{root}.{uuid.uuid4().int}"
