"""Open models as a kind of pack: a folder in diffusers' format that the pack points to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.open_models.link import location
from engine.open_models.measured import work_factor
from engine.open_models.plan import execution_plans, weigh, workload_of
from engine.open_models.verify import verify
from engine.packs.capabilities import Capabilities, Lengths, Setting, Stage
from engine.packs.open_manifest import LengthRule, open_manifest
from engine.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    from engine.api.request import ClipRequest
    from engine.api.types import ResidencyMode, WeightFormat
    from engine.kinds.kind import ClipMaker
    from engine.packs.sizes import Weights
    from engine.packs.store import InstalledPack
    from engine.planning.memory import ExecutionPlan
    from engine.planning.workload import Workload
    from engine.runtime.devices import Device

_SHARES = (0.25, 0.5, 0.75)
"""Of the usual length."""


class OpenKind:
    """See `engine.kinds.kind.PackKind`."""

    modules = ("engine.open_models.maker",)

    def capabilities(self, pack: InstalledPack) -> Capabilities:
        """What the model can make, as its family's row says."""
        model = open_manifest(pack.manifest).model
        guidance = None if model.guidance is None else Setting(model.guidance)
        return Capabilities(
            fps=model.fps,
            lengths=_lengths(model.lengths),
            stages=(Stage("base", "finish", {name: (w, h) for name, (h, w) in model.sizes.items()}),),
            still=model.still,
            seen=model.seen,
            any_word=True,
            longest_prompt=model.longest_prompt,
            negative=model.negative,
            steps=Setting(model.steps, fixed=model.fixed_steps),
            guidance=guidance,
            still_guidance=guidance,
            teachable=False,
        )

    def vocabulary(self, pack: InstalledPack) -> Vocabulary:  # noqa: ARG002 (the protocol)
        """Prompts are free text."""
        return Vocabulary((), any_word=True)

    def words_read(self, pack: InstalledPack) -> int | None:  # noqa: ARG002 (the protocol)
        """All words, up to the record's longest prompt."""
        return None

    def verify(self, pack: InstalledPack, cancelled: Callable[[], bool]) -> None:
        """Compare sizes, headers, settings and SHA-256."""
        verify(pack, cancelled)

    def workload(self, pack: InstalledPack, request: ClipRequest) -> Workload:
        """How many operations a clip takes."""
        return workload_of(open_manifest(pack.manifest), request)

    def weights(self, pack: InstalledPack, weight_format: WeightFormat) -> Weights:
        """What the parts take in memory, from the headers of their files."""
        return weigh(location(pack), open_manifest(pack.manifest), weight_format)

    def execution_plans(
        self, pack: InstalledPack, request: ClipRequest, weights: Weights, weight_format: WeightFormat
    ) -> Iterator[ExecutionPlan]:
        """All ways to make a clip, fastest first."""
        return execution_plans(
            weights, open_manifest(pack.manifest), request, weight_format, work_factor(pack.path)
        )

    def open(
        self, pack: InstalledPack, device: Device, residency: ResidencyMode, *, int8: bool
    ) -> ClipMaker:
        """The model's pipeline."""
        from engine.open_models.maker import OpenMaker

        return OpenMaker(pack, device, residency, int8=int8)


def _lengths(rule: LengthRule) -> Lengths:
    """The rule; to choose from are the quarters of the usual length, and the longest."""
    lengths = Lengths(rule.usual, rule.longest, rule.step, rule.fixed)
    shorter = {lengths.nearest(round(rule.usual * share)) for share in _SHARES}
    offered = shorter - {1} | {rule.usual, lengths.nearest(rule.longest)}
    return replace(lengths, offered=tuple(sorted(offered)))
