"""Beds needed for a stated chance of delay, from how many patients want a bed at once.

Two readings of the chance, both from the share of time in which so many want a bed: ``full``, that at least as many want one as
there are beds (an emergency finds none free); and ``loss``, what Monks et al. 2016 print: of the time in which no more want one than
there are beds, the share in which all are taken (Erlang's loss formula where the number is Poisson).

Letters: U units, N numbers of patients, 0 first.
"""

from __future__ import annotations

import numpy as np

READINGS = ("full", "loss")


def poisson_share(load: float, most: int) -> np.ndarray:
    """(most + 1,) the share of time in which 0, 1, 2 ... want a bed when nobody waits for another: Poisson.

    Examples
    --------
    >>> poisson_share(2.0, 2).round(4).tolist()
    [0.1353, 0.2707, 0.2707]
    """
    from scipy.special import gammaln

    count = np.arange(most + 1)
    return np.exp(count * np.log(load) - load - gammaln(count + 1)) if load > 0 else (count == 0).astype(float)


def chance_of_delay(share: np.ndarray, reading: str = "full") -> np.ndarray:
    """The chance of delay with 0, 1, 2 ... beds.

    Parameters
    ----------
    share
        (..., N) share of time in which so many want a bed. With ``full``, what is missing from 1 is of more than N - 1.
    reading
        ``full`` or ``loss``.

    Returns
    -------
    (..., N), falling from 1.

    Examples
    --------
    >>> chance_of_delay(np.array([0.5, 0.25, 0.25])).tolist()
    [1.0, 0.5, 0.25]
    >>> chance_of_delay(np.array([0.5, 0.25, 0.25]), "loss").round(4).tolist()
    [1.0, 0.3333, 0.25]
    """
    share = np.asarray(share, float)
    until = np.cumsum(share, axis=-1)
    if reading == "full":
        return np.maximum(1.0 - (until - share), 0.0)
    return np.divide(share, until, out=np.ones_like(share), where=until > 0)


def beds_needed(share: np.ndarray, delay: float, reading: str = "full") -> np.ndarray:
    """The fewest beds with which the chance of delay is at most so much.

    Parameters
    ----------
    share
        (..., N) share of time in which so many want a bed, up to a number that is never passed.
    delay
        Above 0, below 1.
    reading
        ``full`` or ``loss``.

    Returns
    -------
    (...) whole beds; one more than the most ever wanted at once will always do, and none where nobody ever wants one.

    Examples
    --------
    >>> beds_needed(poisson_share(8.0, 60), 0.05).tolist(), beds_needed(poisson_share(8.0, 60), 0.05, "loss").tolist()
    (14, 13)
    """
    enough = chance_of_delay(share, reading) <= delay + 1e-12
    fewest = np.where(enough.any(axis=-1), enough.argmax(axis=-1), np.asarray(share).shape[-1])
    return np.where(np.asarray(share)[..., 0] >= 1, 0, fewest)
