"""The two-tier model in cimba, twice: see `peers_two_tier`. Its classes are compiled when first run and stay compiled.

Cimba reads annotations when a model is built, so this module does without ``from __future__ import annotations``, and its
constants are repeated because cimba compiles them in.
"""

from time import process_time

import cimba as cb
import numpy as np
from cimba import inputs

PAIRS = 24
CENTRE_BEDS, REHABILITATION_BEDS = 28, 110


def gap():
    """Days between arrivals, four a day."""
    return inputs.dist.exponential(mean=0.25)


def centre_stay():
    """Days in the centre."""
    return inputs.dist.lognormal(mean=1.6, sigma=0.7)


def rehabilitation_stay():
    """Days in rehabilitation."""
    return inputs.dist.lognormal(mean=3.0, sigma=0.6)


class Pair(cb.Model):
    """A centre and a rehabilitation unit whose patients are processes."""

    gap: cb.Input[float] = gap()
    centre_stay: cb.Input[float] = centre_stay()
    rehabilitation_stay: cb.Input[float] = rehabilitation_stay()
    centre: cb.Resource = cb.Resource(capacity=CENTRE_BEDS)
    rehabilitation: cb.Resource = cb.Resource(capacity=REHABILITATION_BEDS)
    wait: cb.Dataset
    delayed: cb.Dataset
    patients: cb.Output[int]
    mean_wait: cb.Output[float]
    mean_delayed: cb.Output[float]
    centre_held: cb.Output[float]
    rehabilitation_held: cb.Output[float]

    @cb.process
    def arrivals(self):
        while True:
            cb.hold(self.gap.next())
            cb.spawn(Patient, pair=self, stay=self.centre_stay.next(), later_stay=self.rehabilitation_stay.next())

    @cb.on_end
    def measure(self):
        self.patients = self.wait.sample_count()
        self.mean_wait = self.wait.sample_mean()
        self.mean_delayed = self.delayed.sample_mean()
        self.centre_held = self.centre.mean_in_use()
        self.rehabilitation_held = self.rehabilitation.mean_in_use()


class Patient(cb.Model):
    """One patient."""

    pair: cb.Ref[Pair]
    stay: float = 0.0
    later_stay: float = 0.0

    @cb.process
    def way(self):
        pair = self.pair
        asked = cb.now()
        pair.centre.acquire()
        pair.wait.record(cb.now() - asked)
        cb.hold(self.stay)
        ready = cb.now()
        pair.rehabilitation.acquire()
        pair.delayed.record(cb.now() - ready)
        pair.centre.release()
        cb.hold(self.later_stay)
        pair.rehabilitation.release()
        cb.release(self)


class PairOfBeds(cb.Model):
    """A centre whose beds are processes, and a rehabilitation unit that is a number of free beds."""

    gap: cb.Input[float] = gap()
    centre_stay: cb.Input[float] = centre_stay()
    rehabilitation_stay: cb.Input[float] = rehabilitation_stay()
    queue: cb.Store[float]
    centre_free: cb.Container = cb.Container(initial=CENTRE_BEDS)
    rehabilitation_free: cb.Container = cb.Container(initial=REHABILITATION_BEDS)
    wait: cb.Dataset
    delayed: cb.Dataset
    patients: cb.Output[int]
    mean_wait: cb.Output[float]
    mean_delayed: cb.Output[float]
    centre_held: cb.Output[float]
    rehabilitation_held: cb.Output[float]

    @cb.process
    def arrivals(self):
        while True:
            cb.hold(self.gap.next())
            self.queue.put(cb.now())

    @cb.event
    def leave(self):
        self.rehabilitation_free.put(1)

    @cb.process(copies=CENTRE_BEDS)
    def bed(self):
        while True:
            asked = self.queue.get()
            self.wait.record(cb.now() - asked)
            self.centre_free.get(1)
            cb.hold(self.centre_stay.next())
            ready = cb.now()
            self.rehabilitation_free.get(1)
            self.delayed.record(cb.now() - ready)
            self.centre_free.put(1)
            cb.schedule(self.leave, self.rehabilitation_stay.next())

    @cb.on_end
    def measure(self):
        self.patients = self.wait.sample_count()
        self.mean_wait = self.wait.sample_mean()
        self.mean_delayed = self.delayed.sample_mean()
        self.centre_held = CENTRE_BEDS - self.centre_free.mean_level()
        self.rehabilitation_held = REHABILITATION_BEDS - self.rehabilitation_free.mean_level()


class Network(cb.Model):
    """All pairs, with a process a patient."""

    pairs: list[Pair]

    def __init__(self):
        self.pairs = [Pair() for _ in range(PAIRS)]


class NetworkOfBeds(cb.Model):
    """All pairs, with a process a bed."""

    pairs: list[PairOfBeds]

    def __init__(self):
        self.pairs = [PairOfBeds() for _ in range(PAIRS)]


def run(processes: str, days: float, seed: int) -> tuple:
    """Run one model on one core; ``processes`` are ``patients`` or ``beds``. The values of `peers_two_tier.Seen`, in order."""
    model = {"patients": Network, "beds": NetworkOfBeds}[processes]()
    study = cb.Experiment(model, replications=1, window=cb.Window(warmup=0.0, duration=days), seed=seed)
    start = process_time()
    results = study.run(workers=1)
    seconds = process_time() - start

    def told(name: str) -> np.ndarray:
        return np.array([float(getattr(results[pair], name).values[0, 0]) for pair in model.pairs])

    return (
        int(told("patients").sum()),
        seconds,
        told("mean_wait") * 24,
        told("mean_delayed") * 24,
        told("centre_held"),
        told("rehabilitation_held"),
    )
