"""What walt asks of a kind of pack. A new one is a class that answers, and a row in `engine.kinds.registry`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.api.clip import Clip
    from engine.api.events import Event
    from engine.api.request import ClipRequest
    from engine.api.types import ResidencyMode, StageName, WeightFormat
    from engine.packs.capabilities import Capabilities
    from engine.packs.sizes import Weights
    from engine.packs.store import InstalledPack
    from engine.planning.memory import ExecutionPlan
    from engine.planning.workload import Workload
    from engine.runtime.devices import Device
    from engine.text.vocabulary import Vocabulary


class ClipMaker(Protocol):
    """A pack that is open on a device."""

    def generate(
        self,
        request: ClipRequest,
        emit: Callable[[Event], None],
        cancelled: Callable[[], bool],
        job: str,
        *,
        tile: int | None,
        picture: NDArray[np.uint8] | None,
        looked_at: Callable[[], Collection[StageName]],
        keep_stopped: bool,
    ) -> Clip:
        """Make a clip that the pack can make; see `engine.pipeline.cascade.Cascade.generate`."""
        ...

    def decode(
        self,
        request: ClipRequest,
        stage: StageName,
        latents: Sequence[NDArray[np.float32]],
        emit: Callable[[Event], None],
        cancelled: Callable[[], bool],
        job: str,
        *,
        tile: int | None,
    ) -> None:
        """Decode a stage of a clip that was made before; see `engine.pipeline.cascade.Cascade.decode`."""
        ...


class PackKind(Protocol):
    """Packs of one kind. Only `open` and what it returns load torch."""

    @property
    def modules(self) -> tuple[str, ...]:
        """Names of the modules that making a clip imports, torch's users among them."""
        ...

    def capabilities(self, pack: InstalledPack) -> Capabilities:
        """What the pack can make."""
        ...

    def vocabulary(self, pack: InstalledPack) -> Vocabulary:
        """The words that the pack knows.

        Raises:
            WaltError: ``pack-damaged`` or ``bad-vocabulary``.
        """
        ...

    def words_read(self, pack: InstalledPack) -> int | None:
        """How many known words of a prompt are read; None for all."""
        ...

    def verify(self, pack: InstalledPack, cancelled: Callable[[], bool]) -> None:
        """Compare all files with what the pack says of them.

        Raises:
            WaltError: ``pack-damaged``.
            Cancelled: when ``cancelled`` said so.
        """
        ...

    def workload(self, pack: InstalledPack, request: ClipRequest) -> Workload:
        """How many operations a clip takes.

        Raises:
            UsageError: for what the pack does not make.
            WaltError: ``pack-damaged``.
        """
        ...

    def weights(self, pack: InstalledPack, weight_format: WeightFormat) -> Weights:
        """What the pack's networks take in memory.

        Raises:
            WaltError: ``pack-damaged``.
        """
        ...

    def execution_plans(
        self, pack: InstalledPack, request: ClipRequest, weights: Weights, weight_format: WeightFormat
    ) -> Iterator[ExecutionPlan]:
        """All ways to make a clip, fastest first, with networks that take ``weights`` in this format.

        Raises:
            UsageError: for what the pack does not make.
            WaltError: ``pack-damaged``.
        """
        ...

    def open(
        self, pack: InstalledPack, device: Device, residency: ResidencyMode, *, int8: bool
    ) -> ClipMaker:
        """Load and check the pack.

        Raises:
            WaltError: ``pack-damaged``, or what a missing package or a full memory raises.
        """
        ...
