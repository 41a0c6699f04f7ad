"""Named random streams: one generator a purpose, so that a new draw leaves all old ones as they were.

The only source of randomness in the package. A stream is keyed by (seed, replication, purpose, layer); choice among
units uses a hash of (seed, replication, patient, unit) instead, so that a unit an option opens has luck too.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np


def stream(seed: int, replication: int, purpose: str, layer: int = 0) -> np.random.Generator:
    """The generator of one purpose.

    Examples
    --------
    >>> a = stream(1, 0, "stay acute").random()
    >>> b = stream(1, 0, "stay acute").random()
    >>> a == b, a == stream(1, 1, "stay acute").random()
    (True, False)
    """
    word = int.from_bytes(blake2b(purpose.encode(), digest_size=8).digest(), "little")
    return np.random.Generator(
        np.random.PCG64(np.random.SeedSequence(entropy=seed, spawn_key=(replication, word, layer)))
    )


def hashed_uniform(seed: int, replication: int, patient: np.ndarray, unit: str) -> np.ndarray:
    """Uniforms in [0, 1) that depend on nothing but the seed, the replication, the patient's number and the unit's id.

    Parameters
    ----------
    patient
        (N,) cohort indices.
    unit
        The unit's id, whatever its place in a table.

    Returns
    -------
    (N,) uniforms. The mixing function is SplitMix64 (Steele, Lea and Flood 2014, OOPSLA, doi 10.1145/2660193.2660195).
    """
    key = int.from_bytes(blake2b(f"{seed}/{replication}/{unit}".encode(), digest_size=8).digest(), "little")
    with np.errstate(over="ignore"):
        word = np.asarray(patient, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(key)
        word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        word ^= word >> np.uint64(31)
    return (word >> np.uint64(11)).astype(np.float64) * 2.0**-53
