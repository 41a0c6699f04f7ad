"""Comparable: whether finished runs may be set side by side - the same service, luck, time, rules and code, and only the scenario apart.

Two runs are the same but for the scenario where their composed configurations are, where their data have the same hashes, and where
the same code made them. The engine may differ (both give the same numbers), and so may figures and workers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..service.fault import Fault, nearest_spelling, refuse
from .finished import Finished

FREE = ("scenario", "engine", "results", "figures", "report", "run.workers")
"""Settings that may differ."""

MOST_TOLD = 5
"""How many settings of one group are told one by one where runs differ in more."""

ONLY_MONEY = ("finance", "commissioning")
"""Settings that change no patient's luck."""


def settings_of(run: Finished) -> dict[str, object]:
    """Every setting and fact that comparable runs have in common, by its dotted name."""
    made = dict(_flat(run.config))
    made = {key: value for key, value in made.items() if not _is_under(key, FREE)}
    made |= {f"data.{name}": digest for name, digest in run.provenance["data"].items()}
    made["commit"] = run.provenance["commit"]
    made["version"] = run.provenance["packages"].get("service-reconfiguration")
    return made


def _flat(given: object, of: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(given, Mapping) and given:
        for key, value in given.items():
            yield from _flat(value, f"{of}.{key}" if of else str(key))
    else:
        yield of, given


def _is_under(key: str, names: Sequence[str]) -> bool:
    return any(key == name or key.startswith(f"{name}.") for name in names)


def differences(runs: Mapping[str, Finished]) -> dict[str, dict[str, object]]:
    """What differs between runs that should be the same: by setting, what each run has."""
    each = {name: settings_of(run) for name, run in runs.items()}
    keys = dict.fromkeys(key for settings in each.values() for key in settings)
    apart = {}
    for key in keys:
        values = {name: settings.get(key, "nothing") for name, settings in each.items()}
        if len({repr(value) for value in values.values()}) > 1:
            apart[key] = values
    return apart


def check_comparable(runs: Mapping[str, Finished], allow: Sequence[str] = ()) -> list[str]:
    """Refuse runs that cannot be set side by side.

    Parameters
    ----------
    runs
        By name.
    allow
        Settings that may differ all the same, such as ``run.seed`` or a whole group such as ``finance``.

    Returns
    -------
    The settings that differ and were allowed to.

    Raises
    ------
    InputError
        With every setting that differs, what each run has, and the cure.
    """
    apart = differences(runs)
    faults = [*_told({key: values for key, values in apart.items() if not _is_under(key, allow)})]
    known = sorted({name for key in dict.fromkeys(k for run in runs.values() for k in settings_of(run)) for name in _parents(key)})
    unknown = [name for name in allow if name not in known]
    faults += [Fault("allow names a setting that runs have in common", name, nearest_spelling(name, known)[2:]) for name in unknown]
    refuse(faults, of="these runs cannot be set side by side" if faults else "")
    return list(apart)


def _told(apart: Mapping[str, Mapping[str, object]]) -> Iterator[Fault]:
    """What differs, a fault each; of a group that differs in much, one for all of it."""
    groups: dict[str, list[str]] = {}
    for key in apart:
        groups.setdefault(key.partition(".")[0], []).append(key)
    for group, keys in groups.items():
        cure = "run them alike, or compare all the same with allow=[{}]"
        for key in keys[:MOST_TOLD] if len(keys) > MOST_TOLD else keys:
            said = ", ".join(f"{_short(value)} in {name}" for name, value in apart[key].items())
            yield Fault(f"{key} differs: {said}", cure=cure.format(key))
        if len(keys) > MOST_TOLD:
            yield Fault(f"{group} differs in {len(keys) - MOST_TOLD} more settings", cure=cure.format(group))


def _parents(key: str) -> list[str]:
    parts = key.split(".")
    return [".".join(parts[: n + 1]) for n in range(len(parts))]


def _short(value: object) -> str:
    said = str(value)
    return said if len(said) <= 40 else f"{said[:37]}..."


def is_paired(apart: Sequence[str]) -> bool:
    """Whether runs that differ in some settings still send the same patients, with the same luck, through the same baseline."""
    return all(_is_under(key, ONLY_MONEY) for key in apart)


def alike(runs: Mapping[str, Finished]) -> list[dict[str, Finished]]:
    """The runs in groups that may be set side by side, in order of the first of each."""
    groups: list[tuple[dict, dict[str, Finished]]] = []
    for name, run in runs.items():
        own = settings_of(run)
        for common, group in groups:
            if own == common:
                group[name] = run
                break
        else:
            groups.append((own, {name: run}))
    return [group for _, group in groups]
