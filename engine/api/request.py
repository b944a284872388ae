"""What a person asks for: one clip. Validated once, here; its JSON is stored with every clip and export."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from engine.api.errors import UsageError
from engine.api.events import StageName

Aspect = Literal["16:9", "9:16", "1:1"]

MAX_PROMPT = 500
MAX_FRAMES = 161
MAX_SEED = 2**32 - 1


class ClipRequest(BaseModel):
    """One clip, as asked for. ``None`` for steps or guidance means: what the pack recommends.

    Raises:
        pydantic.ValidationError: when built with bad values; `ClipRequest.parse` gives plain errors.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt: Annotated[str, Field(max_length=MAX_PROMPT)]
    negative: Annotated[str, Field(max_length=MAX_PROMPT)] = ""
    image: str | None = None
    """Path of the still that becomes frame 0 (image-to-video)."""
    source: str | None = None
    """Path of the video that is continued (paper 4.4); the clip is then only what comes after it."""
    source_frame: Annotated[int, Field(ge=0)] | None = None
    """The frame of ``source`` after which the new ones come; None is its last."""
    overlap: Literal[1, 5] = 5
    """How many frames of ``source`` the model sees: five show a motion, one a picture."""
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] = 0
    aspect: Aspect = "16:9"
    frames: Annotated[int, Field(ge=1, le=MAX_FRAMES)] = 17
    """Frames in the model's hands, those seen of ``source`` among them; `new_frames` is the clip's length."""
    upto: StageName = "sr2"
    steps: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Denoising steps of the base stage; the super-resolution stages scale with it."""
    guidance: Annotated[float, Field(ge=0, le=30)] | None = None
    """Guidance scale of the base stage; the super-resolution stages keep the pack's."""
    pack: str = "starter"

    @field_validator("prompt")
    @classmethod
    def _prompt_says_something(cls, value: str) -> str:
        value = " ".join(value.split())
        if not value:
            raise ValueError("the prompt is empty")
        return value

    @field_validator("frames")
    @classmethod
    def _frames_fit_the_tokenizer(cls, value: int) -> int:
        if value % 4 != 1:
            raise ValueError(
                f"{value} frames are not possible: the model makes 1 + 4k frames, e.g. 1, 17 or 29"
            )
        return value

    @model_validator(mode="after")
    def _begins_in_one_way(self) -> Self:
        if self.source is None:
            if self.source_frame is not None:
                raise ValueError("a frame to continue from needs a clip to continue")
            return self
        if self.image is not None:
            raise ValueError("a clip begins with a still or continues another, not both")
        if self.new_frames < 1:
            raise ValueError(
                f"{self.frames} frames leave no new ones: {self.overlap} of them are those that are continued"
            )
        return self

    @property
    def known(self) -> int:
        """How many frames were there before: those of ``source`` that the model sees."""
        return 0 if self.source is None else self.overlap

    @property
    def new_frames(self) -> int:
        """How many frames the clip will have."""
        return self.frames - self.known

    @classmethod
    def parse(cls, **values: object) -> Self:
        """Build a request from untrusted values.

        Raises:
            UsageError: ``bad-request`` with the first problem as one plain sentence.
        """
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            message = first["msg"].removeprefix("Value error, ")
            if first["type"] != "value_error" and first["loc"]:  # pydantic's own sentence does not say what about
                message = f"{first['loc'][0]}: {message[:1].lower()}{message[1:]}"
            sentence = f"{message[:1].upper()}{message[1:]}."
            raise UsageError(
                "bad-request", sentence, "See `walt generate --help` for what is possible."
            ) from None
