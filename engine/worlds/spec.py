"""What one world clip shows: the structured truth that the renderer draws and the captions tell.

Every attribute is one word of a closed vocabulary; `WorldSpec` is the whole truth of a clip, `seed` decides
everything else (noise, gait phase, exact sizes), so the same spec gives the same clip bit for bit.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

SUBJECTS: dict[str, dict[str, tuple[str, ...]]] = {
    # subject -> action -> places where it makes sense
    "dragon": {
        "fly": ("beach", "snow", "sea", "meadow", "desert"),
        "breathe_fire": ("beach", "snow", "sea", "meadow", "desert"),
        "walk": ("beach", "snow", "meadow", "desert"),
    },
    "polar_bear": {"walk": ("snow", "beach", "meadow"), "run": ("snow", "beach"), "swim": ("sea",)},
    "horse": {"walk": ("beach", "meadow", "snow", "desert"), "run": ("beach", "meadow", "snow", "desert")},
    "robot": {"walk": ("beach", "meadow", "snow", "desert"), "fly": ("space",)},
    "asteroid": {"fly": ("space",), "strike": ("space",)},
    "fox": {"walk": ("snow", "meadow", "desert", "beach"), "run": ("snow", "meadow", "desert", "beach")},
    "whale": {"swim": ("sea",)},
    "sailboat": {"sail": ("sea",)},
    "balloon": {"fly": ("beach", "meadow", "snow", "sea", "desert")},
    "car": {"drive": ("desert", "beach", "meadow", "snow")},
    "bird": {"fly": ("beach", "sea", "meadow", "snow", "desert")},
}
PLACES = ("beach", "snow", "sea", "space", "meadow", "desert")
LIGHTS = ("day", "sunset", "night")  # space is always "night": a black sky, and captions do not mention it
WEATHERS = ("clear", "snowfall", "mist")  # snowfall only in snow; none in space; mist anywhere else
CAMERAS = ("still", "pan_left", "pan_right", "tilt_up", "tilt_down", "orbit_left", "orbit_right", "zoom_in", "zoom_out")
HEADINGS = ("left", "right", "towards", "away")  # where the subject moves, as the camera first sees it
SIZES = ("small", "normal", "large")
DISTANCES = ("close", "medium", "far")
COLOURS: dict[str, tuple[str, ...]] = {
    "dragon": ("red", "green", "blue", "purple", "black", "golden"),
    "polar_bear": ("white",),
    "horse": ("white", "brown", "black", "grey", "golden"),
    "robot": ("red", "blue", "green", "yellow", "silver", "white"),
    "asteroid": ("grey", "brown", "black"),
    "fox": ("orange", "white", "grey"),
    "whale": ("blue", "grey", "black"),
    "sailboat": ("white", "red", "blue", "brown"),
    "balloon": ("red", "blue", "yellow", "green", "purple", "white"),
    "car": ("red", "blue", "yellow", "green", "white", "black"),
    "bird": ("white", "black", "blue", "red", "brown"),
}


@dataclass(frozen=True, slots=True)
class WorldSpec:
    """One clip's truth. Built by `engine.worlds.dataset.sampling.sample_spec` or by hand, see `check`."""

    seed: int
    subject: str
    action: str
    place: str
    light: str
    colour: str
    weather: str = "clear"
    camera: str = "still"
    heading: str = "right"
    size: str = "normal"
    distance: str = "medium"

    def to_dict(self) -> dict[str, Any]:
        """The spec as plain JSON-ready data."""
        return asdict(self)

    def check(self) -> WorldSpec:
        """Return self, or raise ValueError naming the attribute that makes no sense."""
        allowed = SUBJECTS.get(self.subject, {}).get(self.action)
        if allowed is None or self.place not in allowed:
            raise ValueError(f"{self.subject} cannot {self.action} at {self.place}")
        closed = {
            "light": (self.light, LIGHTS), "weather": (self.weather, WEATHERS), "camera": (self.camera, CAMERAS),
            "heading": (self.heading, HEADINGS), "size": (self.size, SIZES), "distance": (self.distance, DISTANCES),
            "colour": (self.colour, COLOURS[self.subject]),
        }
        for name, (value, values) in closed.items():
            if value not in values:
                raise ValueError(f"{name} {value!r} is not one of {values}")
        if self.weather == "snowfall" and self.place != "snow":
            raise ValueError("snowfall needs the place snow")
        if self.place == "space" and (self.light != "night" or self.weather != "clear"):
            raise ValueError("space has light night and weather clear")
        return self
