"""The English of the worlds: phrases, noun phrases and verbs. The plainest phrase of a table comes first."""

from __future__ import annotations

from engine.worlds.captions.grammar import Forms, Grammar, Phrases, Pick, Said, Table
from engine.worlds.spec import WorldSpec

_NOUNS: Table = {
    "dragon": ("dragon", "dragon", "winged dragon"),
    "polar_bear": ("polar bear", "polar bear", "ice bear", "bear"),
    "horse": ("horse", "horse", "stallion", "mare", "pony"),
    "robot": ("robot", "robot", "humanoid robot", "android", "droid"),
    "asteroid": (
        "asteroid", "asteroid", "meteor", "meteorite", "space rock", "burning asteroid", "flaming meteor",
    ),
    "fox": ("fox",),
    "whale": ("whale",),
    "sailboat": ("sailboat", "sailing boat", "sailing ship", "boat", "yacht"),
    "balloon": ("hot air balloon", "balloon"),
    "car": ("car", "car", "automobile"),
    "bird": ("bird",),
}
_COLOURS: Table = {
    "red": ("red",), "green": ("green",), "blue": ("blue",), "purple": ("purple", "violet"),
    "black": ("black",),
    "golden": ("golden", "gold"), "white": ("white",), "brown": ("brown",), "grey": ("grey", "gray"),
    "yellow": ("yellow",), "silver": ("silver", "silvery", "metallic"), "orange": ("orange",),
}
_OWN_COLOURS: dict[tuple[str, str], Phrases] = {
    ("fox", "orange"): ("orange", "red"), ("fox", "white"): ("white", "arctic"),
    ("horse", "brown"): ("brown", "chestnut"),
}
_SIZES: Table = {
    "small": ("small", "little", "tiny"), "normal": ("",),
    "large": ("large", "big", "huge", "giant", "enormous"),
}
_FAR = ("distant",)
_ARTICLES = ("a", "an", "the", "one")

# -ing form, third person
_WALK = (("walking", "walks"), ("strolling", "strolls"), ("wandering", "wanders"), ("moving", "moves"))
_RUN = (("running", "runs"), ("racing", "races"), ("sprinting", "sprints"))
_FLY = (("flying", "flies"), ("gliding", "glides"), ("soaring", "soars"))
_FIRE = tuple(
    (f"{ing} {what}", f"{third} {what}")
    for ing, third in (
        ("breathing", "breathes"), ("spitting", "spits"), ("spewing", "spews"), ("blowing", "blows"),
    )
    for what in ("fire", "fire", "flames")
)
_STRIKE = tuple(
    (f"{ing} {what}", f"{third} {what}")
    for ing, third in (
        ("striking", "strikes"), ("hitting", "hits"), ("crashing into", "crashes into"),
        ("colliding with", "collides with"), ("slamming into", "slams into"), ("impacting", "impacts"),
    )
    for what in ("the Earth", "Earth", "the Earth", "planet Earth", "our planet")
)
Verbs = tuple[tuple[str, str], ...]
_VERBS: dict[str, Verbs] = {
    "walk": _WALK, "run": _RUN, "fly": _FLY, "swim": (("swimming", "swims"),),
    "sail": (("sailing", "sails"), ("cruising", "cruises"), ("gliding", "glides")),
    "drive": (("driving", "drives"), ("rolling", "rolls"), ("speeding", "speeds"), ("racing", "races")),
    "breathe_fire": _FIRE, "strike": _STRIKE,
}
_OWN_VERBS: dict[tuple[str, str], Verbs] = {
    ("horse", "run"): (*_RUN[:2], ("galloping", "gallops"), ("galloping", "gallops")),
    ("robot", "walk"): (*_WALK, ("marching", "marches"), ("striding", "strides")),
    ("polar_bear", "walk"): (*_WALK, ("plodding", "plods"), ("trudging", "trudges")),
    ("polar_bear", "swim"): (("swimming", "swims"), ("swimming", "swims"), ("paddling", "paddles")),
    ("robot", "fly"): (("flying", "flies"), ("floating", "floats"), ("drifting", "drifts")),
    ("asteroid", "fly"): (
        ("flying", "flies"), ("hurtling", "hurtles"), ("speeding", "speeds"), ("racing", "races"),
    ),
    ("balloon", "fly"): (
        ("flying", "flies"), ("floating", "floats"), ("drifting", "drifts"), ("gliding", "glides"),
    ),
    ("whale", "swim"): (("swimming", "swims"), ("swimming", "swims"), ("gliding", "glides")),
}
_CROSS = (("crossing", "crosses"),)
_CROSSED: Table = {
    "beach": ("the beach",), "snow": ("the snow", "a snowy landscape"), "sea": ("the sea", "the ocean"),
    "space": ("space",),
    "meadow": ("a meadow", "the meadow"), "desert": ("the desert", "the dunes"),
}

_GROUND: Table = {
    "beach": (
        "on the beach", "on the beach", "on a beach", "along the beach", "along the shore",
        "along the seashore",
        "at the beach", "on a sandy beach", "on the sand by the sea", "by the sea", "at the seaside",
        "near the ocean",
    ),
    "snow": (
        "in the snow", "through the snow", "in snow", "across the snow", "on the snow",
        "in a snowy landscape",
        "through a snowy landscape", "in a white winter landscape", "over snowy ground",
    ),
    "meadow": (
        "in a meadow", "across a meadow", "through a meadow", "in a green meadow", "in the grass",
        "on the grass",
        "through the grass", "across a green field", "in a grassy field",
    ),
    "desert": (
        "in the desert", "across the desert", "through the desert", "in a sandy desert", "over the dunes",
        "across the sand dunes", "among the dunes",
    ),
}
_AIR: Table = {
    "beach": (
        "over the beach", "above the beach", "over a beach", "over the shore", "above the seashore",
        "over a sandy beach",
    ),
    "snow": ("over the snow", "above the snow", "over a snowy landscape", "above a white winter landscape"),
    "sea": (
        "over the sea", "above the sea", "over the ocean", "above the ocean", "over the water",
        "over the waves",
        "above the waves", "across the sea",
    ),
    "meadow": ("over a meadow", "above a meadow", "over the meadow", "over a green field", "over the grass"),
    "desert": ("over the desert", "above the desert", "over the dunes", "above the sand dunes"),
}
_WATER: Table = {
    "swim": (
        "in the sea", "in the ocean", "in the water", "at sea", "in the open sea", "through the waves",
        "through the water",
        "in open water",
    ),
    "sail": (
        "on the sea", "on the ocean", "at sea", "on the water", "across the sea", "over the waves",
        "on the open sea",
        "through the waves",
    ),
}
_SPACE = (
    "in space", "through space", "in outer space", "through outer space", "among the stars",
    "through the darkness of space",
)
_AT_EARTH = (
    "towards the Earth", "toward the Earth", "towards Earth", "at the Earth", "towards planet Earth",
    "towards our planet",
    "through space towards the Earth", "in space", "through space", "through outer space",
)
_SEEN_IN_SPACE = ("in space", "seen from space", "in outer space")

_HEADINGS: Table = {
    "left": ("to the left", "towards the left", "leftwards", "left", "from right to left"),
    "right": ("to the right", "towards the right", "rightwards", "right", "from left to right"),
    "towards": (
        "towards the camera", "towards us", "toward the camera", "towards the viewer",
        "straight at the camera",
    ),
    "away": ("away from the camera", "away from us", "away", "into the distance"),
}

_ASTEROID_HEADINGS: Table = {
    "left": ("from right to left", "from the right"), "right": ("from left to right", "from the left"),
    "towards": ("straight at us",), "away": ("away from us",),
}

_LIGHTS: Table = {
    "day": ("by day", "in daylight", "during the day", "in the daytime", "in broad daylight"),
    "sunset": (
        "at sunset", "at sunset", "at dusk", "at sundown", "in the evening", "in the evening light",
        "at golden hour",
        "as the sun sets", "as the sun goes down", "in the golden light of sunset", "under an orange sky",
    ),
    "night": (
        "at night", "at night", "by night", "during the night", "in the dark", "in the moonlight",
        "under a dark sky",
    ),
}
_CLEAR_LIGHTS: Table = {
    "day": ("on a sunny day", "in the sunshine", "under a blue sky", "on a bright day", "in the sun"),
    "sunset": ("under a glowing sky",),
    "night": ("under the stars", "under a starry sky", "on a starry night"),
}
_DISTANCE_FRAMES: Table = {
    "close": (
        "a close-up of {indef} {ing} {mods}", "close-up of {indef} {ing} {mods}",
        "close shot of {indef} {ing} {mods}",
    ),
    "far": (
        "a wide shot of {indef} {ing} {mods}", "long shot of {indef} {ing} {mods}",
        "far away, {indef} {s} {mods}",
        "in the distance, {indef} is {ing} {mods}",
    ),
}


def _left_right(*phrases: str) -> dict[str, Phrases]:
    sides = ("left", "right")
    return {side: tuple(phrase.format(side=side) for phrase in phrases) for side in sides}


_PAN = _left_right(
    "the camera pans {side}", "the camera pans to the {side}", "the camera panning {side}", "pan {side}",
    "panning {side}",
    "panning to the {side}", "the camera turns to the {side}", "the camera sweeps {side}",
    "camera pan to the {side}",
)
_ORBIT = _left_right(
    "the camera orbits {side}", "the camera orbits to the {side}", "the camera circles {side} around it",
    "orbit {side}",
    "orbiting {side}", "orbiting to the {side}", "the camera circles to the {side}",
    "the camera moves around it to the {side}",
    "camera orbit to the {side}",
)
_CAMERAS: Table = {
    "still": (
        "the camera stays still", "static camera", "still camera", "fixed camera", "static shot",
        "the camera is still",
    ),
    "pan_left": _PAN["left"], "pan_right": _PAN["right"], "orbit_left": _ORBIT["left"],
    "orbit_right": _ORBIT["right"],
    "tilt_up": (
        "the camera tilts up", "tilt up", "tilting up", "the camera tilts upwards", "the camera looks up",
        "camera tilting upward",
    ),
    "tilt_down": (
        "the camera tilts down", "tilt down", "tilting down", "the camera tilts downwards",
        "the camera looks down",
        "camera tilting downward",
    ),
    "zoom_in": (
        "the camera zooms in", "zoom in", "zooming in", "the camera moves closer", "the camera moves in",
        "camera zoom in",
        "the camera comes closer",
    ),
    "zoom_out": (
        "the camera zooms out", "zoom out", "zooming out", "the camera pulls back", "the camera moves back",
        "camera zoom out",
        "the camera backs away",
    ),
}


def _noun(spec: WorldSpec, said: Said, pick: Pick) -> Forms:
    colours = _OWN_COLOURS.get((spec.subject, spec.colour), _COLOURS[spec.colour]) if said.colour else ("",)
    size = pick.main(_SIZES[spec.size]) if said.size else ""
    far = _FAR[0] if said.distance and spec.distance == "far" and pick.chance(0.2) else ""
    bare = " ".join(word for word in (far, size, pick.main(colours), pick.of(_NOUNS[spec.subject])) if word)
    indef = f"{'an' if bare[0] in 'aeiou' else 'a'} {bare}"
    np = indef
    if pick.chance(0.3):
        np = pick.of((bare, f"the {bare}", f"one {bare}", bare))
    return {"np": np, "indef": indef, "bare": bare}


def _verb(spec: WorldSpec, said: Said, pick: Pick) -> tuple[Forms, bool]:
    crossing = spec.action in ("walk", "run", "drive", "fly", "sail") and spec.subject != "asteroid"
    if crossing and said.place and not said.heading and pick.chance(0.05):
        where = pick.of(_CROSSED[spec.place])
        (ing, third), placed = pick.of(_CROSS), True
        return {"ing": f"{ing} {where}", "s": f"{third} {where}"}, placed
    ing, third = pick.main(_OWN_VERBS.get((spec.subject, spec.action), _VERBS[spec.action]))
    return {"ing": ing, "s": third}, False


def _places(spec: WorldSpec) -> Phrases:
    if spec.action == "strike":
        return _SEEN_IN_SPACE
    if spec.place == "space":
        return _AT_EARTH if spec.subject == "asteroid" else _SPACE
    if spec.place == "sea" and spec.action in _WATER:
        return _WATER[spec.action]
    if spec.action in ("fly", "breathe_fire"):
        return _AIR[spec.place]
    return _GROUND[spec.place]


def _headings(spec: WorldSpec) -> Phrases:
    if spec.subject == "asteroid":
        return _ASTEROID_HEADINGS[spec.heading]
    return _HEADINGS[spec.heading]


TONGUE = Grammar(
    noun=_noun, verb=_verb, places=_places, headings=_headings,
    lights=_LIGHTS, clear_lights=_CLEAR_LIGHTS,
    weathers={
        "clear": ("under a clear sky", "in clear weather", "in fine weather"),
        "snowfall": (
            "in falling snow", "while snow falls", "while it snows", "as snow is falling", "in a snowfall",
            "under falling snow",
            "with snowflakes falling",
        ),
        "mist": (
            "in the mist", "in mist", "in the fog", "in misty weather", "in a thin haze", "in foggy weather",
        ),
    },
    distances={
        "close": ("close-up", "close up", "seen up close", "close shot"),
        "medium": ("medium shot",),
        "far": ("seen from afar", "in the distance", "far away", "wide shot", "long shot"),
    },
    cameras=_CAMERAS,
    styles=(
        "cinematic", "realistic", "beautiful", "high quality", "3d animation", "cinematic shot", "detailed",
        "video",
    ),
    frames=(
        ("{np} {ing} {mods}", 4.5), ("{np} {s} {mods}", 3), ("{np} is {ing} {mods}", 2),
        ("there is {indef} {ing} {mods}", 0.3),
        ("we see {indef} {ing} {mods}", 0.3), ("a video of {indef} {ing} {mods}", 0.3),
        ("video of {indef} {ing} {mods}", 0.2),
        ("a clip of {indef} {ing} {mods}", 0.2), ("a shot of {indef} {ing} {mods}", 0.2),
        ("{indef} that is {ing} {mods}", 0.2),
        ("footage of {indef} {ing} {mods}", 0.1), ("a film of {indef} {ing} {mods}", 0.1),
        ("a view of {indef} {ing} {mods}", 0.1),
        ("show me {indef} {ing} {mods}", 0.1),
    ),
    distance_frames=_DISTANCE_FRAMES,
    camera_frames=(
        "{camera}, {np} {s} {mods}", "{camera}, {np} {ing} {mods}", "{camera} while {np} {s} {mods}",
        "{camera} as {np} {s} {mods}",
    ),
    statement="{np} {s} {mods}",
    scenes={
        "beach": ("a beach", "the beach", "a sandy beach", "the seaside"),
        "snow": ("a snowy landscape", "a winter landscape", "snow"),
        "sea": ("the sea", "the open sea", "the ocean", "waves"),
        "space": ("space", "outer space", "the Earth in space", "the stars"),
        "meadow": ("a meadow", "a green meadow", "a grassy field"),
        "desert": ("a desert", "the desert", "sand dunes"),
    },
    scene_frames=(
        "{scene}, {np} {ing} {mods}", "{scene}, {np} {s} {mods}", "{scene} with {indef} {ing} {mods}",
        "{scene}: {np} is {ing} {mods}",
    ),
    light_sentences={
        "day": ("it is day", "it is daytime"),
        "sunset": ("the sun is setting", "it is sunset", "the sky glows orange", "it is evening"),
        "night": ("it is night", "it is dark", "it is night time"),
    },
    weather_sentences={
        "clear": ("the sky is clear", "the weather is clear"),
        "snowfall": ("it is snowing", "snow is falling", "snowflakes are falling"),
        "mist": ("it is misty", "there is mist in the air", "it is foggy", "there is fog"),
    },
    list_heads=("{bare}", "{bare} {ing}", "{bare}, {ing}", "{indef} {ing}"),
    list_places={
        "beach": ("beach", "on the beach", "seaside", "shore"),
        "snow": ("snow", "snowy landscape", "winter"),
        "sea": ("sea", "ocean", "water", "waves"),
        "space": ("space", "outer space", "stars"),
        "meadow": ("meadow", "grass", "green field"),
        "desert": ("desert", "dunes", "sand dunes"),
    },
    list_lights={
        "day": ("day", "daylight", "daytime"), "sunset": ("sunset", "dusk", "evening", "golden hour"),
        "night": ("night", "dark"),
    },
    others=(
        _NOUNS, _COLOURS, _OWN_COLOURS, _SIZES, _FAR, _ARTICLES, _VERBS, _OWN_VERBS, _CROSS, _CROSSED,
        _GROUND, _AIR, _WATER,
        _SPACE, _AT_EARTH, _SEEN_IN_SPACE, _HEADINGS, _ASTEROID_HEADINGS,
    ),
)
