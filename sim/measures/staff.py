"""Staff: whole-time equivalents from ratios per bed, and the least a unit needs for being open at all. No simulation.

Where one ward gives several kinds of care from the same beds, its beds are shared between them as its load is in the baseline: more
work of one kind in the same beds does not turn staffed beds of the other into beds of that kind. Letters: U units.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from ..service.staffing import Staffing


def beds_by_kind(
    beds: np.ndarray, bed_days: Mapping[str, np.ndarray], gives: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Share the beds of each unit between the kinds of care it gives, as its load is; without load, alike.

    Parameters
    ----------
    beds
        (U,) staffed beds.
    bed_days
        By kind, (U,) bed-days a year.
    gives
        By kind, (U,) bool.

    Examples
    --------
    >>> gives = {"hyperacute": np.array([True, True]), "acute": np.array([True, True])}
    >>> days = {"hyperacute": np.array([300.0, 0.0]), "acute": np.array([900.0, 0.0])}
    >>> {kind: of.tolist() for kind, of in beds_by_kind(np.array([20, 4]), days, gives).items()}
    {'hyperacute': [5.0, 2.0], 'acute': [15.0, 2.0]}
    """
    kinds = [kind for kind in gives if kind in bed_days]
    if not kinds:
        return {}
    load = np.stack([np.where(gives[kind], bed_days[kind], 0.0) for kind in kinds])
    may = np.stack([gives[kind] for kind in kinds]).astype(float)
    weight = np.where(load.sum(axis=0) > 0, load, may)
    total = weight.sum(axis=0)
    share = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
    return {kind: beds * of for kind, of in zip(kinds, share)}


class Mix(NamedTuple):
    """How the beds of units are shared between kinds of care: by the load of the baseline."""

    by_kind: Mapping[str, np.ndarray]
    """By kind, (U,) bed-days a year in the baseline."""
    gives: Mapping[str, np.ndarray]
    """By kind, (U,) bool: what each unit gives in the baseline."""

    def load(self, now: Mapping[str, np.ndarray], gives: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """By kind, (U,) the bed-days by which beds are shared: the baseline's where a unit had any and gives the same kinds, else now's.

        Examples
        --------
        >>> gives = {"hyperacute": np.array([True]), "acute": np.array([True])}
        >>> mix = Mix({"hyperacute": np.array([300.0]), "acute": np.array([900.0])}, gives)
        >>> mix.load({"hyperacute": np.array([300.0]), "acute": np.array([2000.0])}, gives)["acute"].tolist()
        [900.0]
        """
        nothing = np.zeros(len(next(iter(gives.values()), ())))
        no = nothing.astype(bool)
        kinds = dict.fromkeys((*self.by_kind, *now))
        is_same = sum((self.by_kind.get(kind, nothing) for kind in kinds), nothing) > 0
        for kind in dict.fromkeys((*gives, *self.gives)):
            is_same &= gives.get(kind, no) == self.gives.get(kind, no)
        return {kind: np.where(is_same, self.by_kind.get(kind, nothing), now.get(kind, nothing)) for kind in kinds}


class Heads(NamedTuple):
    """One group of staff, by unit."""

    whole_time: np.ndarray
    """(U,) whole-time equivalents: what the beds need, or the smallest rota where that is more."""
    from_beds: np.ndarray
    """(U,) what the beds alone need."""


def heads(
    staffing: Staffing, beds: Mapping[str, np.ndarray], gives: Mapping[str, np.ndarray], is_open: np.ndarray
) -> dict[str, Heads]:
    """Whole-time equivalents by group of staff and unit.

    Parameters
    ----------
    staffing
        Ratios and smallest rotas.
    beds
        By kind, (U,) staffed beds.
    gives
        By kind, (U,) bool.
    is_open
        (U,) bool: a unit that is not open needs nobody.

    Returns
    -------
    By group. A unit that gives several kinds needs the largest of their smallest rotas, not their sum.
    """
    made, smallest = {}, rotas(staffing, gives, is_open)
    for group in staffing.groups:
        from_beds = sum((group.per_bed.get(kind, 0.0) * of for kind, of in beds.items()), np.zeros(len(is_open)))
        least = smallest[group.name]
        made[group.name] = Heads(
            np.where(is_open, np.maximum(from_beds, least), 0.0), np.where(is_open, from_beds, 0.0)
        )
    return made


def rotas(staffing: Staffing, gives: Mapping[str, np.ndarray], is_open: np.ndarray) -> dict[str, np.ndarray]:
    """By group, (U,) the smallest rota of each unit that is open: the largest that any kind it gives asks for.

    Examples
    --------
    >>> from sim.service.staffing import StaffGroup
    >>> doctors = StaffGroup("doctors", {}, {"hyperacute": 6, "acute": 1})
    >>> gives = {"hyperacute": np.array([True, False]), "acute": np.array([True, True])}
    >>> rotas(Staffing((doctors,), 0.5), gives, np.array([True, True]))["doctors"].tolist()
    [6.0, 1.0]
    """
    made = {}
    for group in staffing.groups:
        least = np.zeros(len(is_open))
        for kind, smallest in group.minimum.items():
            least = np.maximum(least, np.where(gives.get(kind, False), smallest, 0.0))
        made[group.name] = np.where(is_open, least, 0.0)
    return made


class Moving(NamedTuple):
    """What becomes of staff when work moves between providers; letters: V providers."""

    posts_gone: np.ndarray
    """(V,) posts a provider has fewer."""
    moving: np.ndarray
    """(V,) of them, those who go to where the work goes."""
    posts_new: np.ndarray
    """(V,) posts a provider has more."""
    to_recruit: np.ndarray
    """(V,) of them, those nobody comes for."""


def moving(change: np.ndarray, share_moving: float) -> Moving:
    """Who moves, and who must be found, when a group of staff changes by so much at each provider.

    At most as many move as there are new posts; those who come are shared out as the new posts are. Inside one provider staff move
    as they are needed, and nothing of it is seen here.

    Examples
    --------
    >>> [each.tolist() for each in moving(np.array([-10.0, 6.0, 2.0]), 0.5)]
    [[10.0, 0.0, 0.0], [5.0, 0.0, 0.0], [0.0, 6.0, 2.0], [0.0, 2.25, 0.75]]
    """
    gone, new = np.maximum(-change, 0.0), np.maximum(change, 0.0)
    coming = min(share_moving * gone.sum(), new.sum())
    leaving = gone * (coming / gone.sum() if gone.sum() else 0.0)
    return Moving(gone, leaving, new, new * (1 - coming / new.sum() if new.sum() else 0.0))
