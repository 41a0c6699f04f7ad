"""Scenarios: verbs that turn a service into another.

A verb is a frozen dataclass called with a service and returning a service; the first line of its docstring is what a report
prints. Bigger verbs are built from smaller ones. `scenarios` imports `sim`, never the reverse.
"""

from .add_beds import AddBeds
from .age_demand import AgeDemand
from .allocate import Allocate
from .baseline import Baseline
from .below_quality import BelowQuality
from .cap_volume import CapVolume
from .chain import Chain, chain
from .change_stay import ChangeStay
from .close import Close
from .close_all_under import CloseAllUnder
from .close_small_units import CloseSmallUnits
from .close_within_icb import CloseWithinIcb
from .consolidate import Consolidate
from .consolidate_hubs import ConsolidateHubs
from .derogate import Derogate
from .discharge_hours import DischargeHours
from .early_supported_discharge import EarlySupportedDischarge
from .farthest_from_standard import FarthestFromStandard
from .greedy_hubs import GreedyHubs
from .grow import Grow
from .grow_beds import GrowBeds
from .hub_and_spoke import HubAndSpoke
from .keep_with_investment import KeepWithInvestment
from .localise import Localise
from .merge_trusts import MergeTrusts
from .move_beds import MoveBeds
from .net_loss import NetLoss
from .network import Network
from .one_per_icb import OnePerIcb
from .only_complete_sites import OnlyCompleteSites
from .open import Open
from .open_hours import OpenHours
from .phased_closure import PhasedClosure
from .redirect import Redirect
from .remove_beds import RemoveBeds
from .repatriate_sooner import RepatriateSooner
from .set_minimum import SetMinimum
from .strictness import Strictness
from .volume_loss_and_quality import VolumeLossAndQuality

__all__ = [
    "AddBeds",
    "AgeDemand",
    "Allocate",
    "Baseline",
    "BelowQuality",
    "CapVolume",
    "Chain",
    "ChangeStay",
    "Close",
    "CloseAllUnder",
    "CloseSmallUnits",
    "CloseWithinIcb",
    "Consolidate",
    "ConsolidateHubs",
    "Derogate",
    "DischargeHours",
    "EarlySupportedDischarge",
    "FarthestFromStandard",
    "GreedyHubs",
    "Grow",
    "GrowBeds",
    "HubAndSpoke",
    "KeepWithInvestment",
    "Localise",
    "MergeTrusts",
    "MoveBeds",
    "NetLoss",
    "Network",
    "OnePerIcb",
    "OnlyCompleteSites",
    "Open",
    "OpenHours",
    "PhasedClosure",
    "Redirect",
    "RemoveBeds",
    "RepatriateSooner",
    "SetMinimum",
    "Strictness",
    "VolumeLossAndQuality",
    "chain",
]
