"""The French of the worlds: phrases, noun phrases with agreement and elision, verbs.

The plainest phrase of a table comes first.
"""

from __future__ import annotations

from engine.worlds.captions.grammar import Forms, Grammar, Phrases, Pick, Said, Table
from engine.worlds.spec import WorldSpec

# noun, feminine?
Noun = tuple[str, bool]
_NOUNS: dict[str, tuple[Noun, ...]] = {
    "dragon": (("dragon", False), ("dragon", False), ("dragon ailé", False)),
    "polar_bear": (("ours polaire", False), ("ours polaire", False), ("ours blanc", False), ("ours", False)),
    "horse": (
        ("cheval", False), ("cheval", False), ("cheval", False), ("étalon", False), ("jument", True),
        ("poney", False),
    ),
    "robot": (("robot", False), ("robot", False), ("robot humanoïde", False), ("androïde", False)),
    "asteroid": (
        ("astéroïde", False), ("astéroïde", False), ("météore", False), ("météorite", True),
        ("rocher spatial", False),
        ("astéroïde enflammé", False), ("météore enflammé", False),
    ),
    "fox": (("renard", False),),
    "whale": (("baleine", True),),
    "sailboat": (
        ("voilier", False), ("voilier", False), ("bateau à voile", False), ("bateau", False),
        ("yacht", False),
    ),
    "balloon": (
        ("montgolfière", True), ("montgolfière", True), ("ballon à air chaud", False), ("ballon", False),
    ),
    "car": (("voiture", True), ("voiture", True), ("automobile", True), ("auto", True)),
    "bird": (("oiseau", False),),
}
# masculine, feminine; silver and russet things have masculine names only, and words never said are not listed
_COLOURS: dict[str, tuple[tuple[str, str], ...]] = {
    "red": (("rouge", "rouge"),), "green": (("vert", "verte"),), "blue": (("bleu", "bleue"),),
    "purple": (("violet", "violette"), ("mauve", "mauve")), "black": (("noir", "noire"),),
    "golden": (("doré", "dorée"),),
    "white": (("blanc", "blanche"),), "brown": (("brun", "brune"), ("marron", "marron")),
    "grey": (("gris", "grise"),),
    "yellow": (("jaune", "jaune"),), "silver": (("argenté", "argenté"), ("métallique", "métallique")),
    "orange": (("roux", "roux"), ("orange", "orange")),
}
_SIZES: dict[str, tuple[tuple[str, str], ...]] = {
    "small": (("petit", "petite"), ("minuscule", "minuscule")),
    "normal": (("", ""),),
    "large": (("grand", "grande"), ("gros", "grosse"), ("énorme", "énorme"), ("immense", "immense")),
}
_GIANT = ("géant", "géante")
_ARTICLES = ("un", "une", "le", "la", "l'", "de", "d'")

# present tense, participle, infinitive
Verb = tuple[str, str, str]
_WALK: tuple[Verb, ...] = (
    ("marche", "marchant", "marcher"), ("marche", "marchant", "marcher"), ("avance", "avançant", "avancer"),
    ("se promène", "se promenant", "se promener"), ("se balade", "se baladant", "se balader"),
)
_RUN: tuple[Verb, ...] = (
    ("court", "courant", "courir"), ("file", "filant", "filer"), ("fonce", "fonçant", "foncer"),
)
_FLY: tuple[Verb, ...] = (("vole", "volant", "voler"), ("plane", "planant", "planer"))
_FLOAT: tuple[Verb, ...] = (("flotte", "flottant", "flotter"), ("dérive", "dérivant", "dériver"))
_FIRE: tuple[Verb, ...] = tuple(
    (f"{verb} {what}", f"{participle} {what}", f"{infinitive} {what}")
    for verb, participle, infinitive in (
        ("crache", "crachant", "cracher"), ("crache", "crachant", "cracher"),
        ("souffle", "soufflant", "souffler"),
        ("lance", "lançant", "lancer"),
    )
    for what in ("du feu", "du feu", "des flammes")
)
_STRIKE: tuple[Verb, ...] = tuple(
    (f"{verb} {earth}", f"{participle} {earth}", f"{infinitive} {earth}")
    for verb, participle, infinitive in (
        ("frappe", "frappant", "frapper"), ("percute", "percutant", "percuter"),
        ("heurte", "heurtant", "heurter"),
        ("s'écrase sur", "s'écrasant sur", "s'écraser sur"), ("tombe sur", "tombant sur", "tomber sur"),
        ("entre en collision avec", "entrant en collision avec", "entrer en collision avec"),
    )
    for earth in ("la Terre", "la Terre", "la planète Terre", "notre planète")
)
_VERBS: dict[str, tuple[Verb, ...]] = {
    "walk": _WALK, "run": _RUN, "fly": _FLY, "swim": (("nage", "nageant", "nager"),),
    "sail": (
        ("navigue", "naviguant", "naviguer"), ("vogue", "voguant", "voguer"),
        ("avance", "avançant", "avancer"),
    ),
    "drive": (("roule", "roulant", "rouler"), ("file", "filant", "filer"), ("fonce", "fonçant", "foncer")),
    "breathe_fire": _FIRE, "strike": _STRIKE,
}
_OWN_VERBS: dict[tuple[str, str], tuple[Verb, ...]] = {
    ("horse", "run"): (_RUN[0], ("galope", "galopant", "galoper"), ("galope", "galopant", "galoper")),
    ("robot", "fly"): (_FLY[0], *_FLOAT),
    ("asteroid", "fly"): (_FLY[0], ("fonce", "fonçant", "foncer"), ("file", "filant", "filer")),
    ("balloon", "fly"): (*_FLY, *_FLOAT),
    ("whale", "swim"): (
        ("nage", "nageant", "nager"), ("nage", "nageant", "nager"), ("glisse", "glissant", "glisser"),
    ),
}
_CROSS: tuple[Verb, ...] = (("traverse", "traversant", "traverser"),)
_OVERFLY: tuple[Verb, ...] = (("survole", "survolant", "survoler"),)
_CROSSED: Table = {
    "beach": ("la plage",), "snow": ("un paysage enneigé", "la neige"), "sea": ("la mer", "l'océan"),
    "space": ("l'espace",),
    "meadow": ("une prairie", "un pré"), "desert": ("le désert", "les dunes"),
}

_GROUND: Table = {
    "beach": (
        "sur la plage", "sur la plage", "sur une plage", "le long de la plage", "au bord de la mer",
        "le long du rivage",
        "à la plage", "sur une plage de sable", "sur le sable au bord de l'eau", "au bord de l'océan",
    ),
    "snow": (
        "dans la neige", "sur la neige", "à travers la neige", "dans un paysage enneigé",
        "dans un paysage de neige",
        "sur une plaine enneigée", "dans un paysage d'hiver",
    ),
    "meadow": (
        "dans une prairie", "dans un pré", "à travers une prairie", "dans l'herbe", "sur l'herbe",
        "dans un champ vert",
        "dans une prairie verte",
    ),
    "desert": (
        "dans le désert", "dans un désert", "à travers le désert", "dans les dunes", "sur les dunes",
        "dans un désert de sable",
        "parmi les dunes",
    ),
}
_AIR: Table = {
    "beach": ("au-dessus de la plage", "au-dessus d'une plage", "au-dessus du rivage", "au-dessus du sable"),
    "snow": ("au-dessus de la neige", "au-dessus d'un paysage enneigé", "au-dessus d'une plaine enneigée"),
    "sea": (
        "au-dessus de la mer", "au-dessus de l'océan", "au-dessus des vagues", "au-dessus de l'eau",
        "au-dessus des flots",
    ),
    "meadow": (
        "au-dessus d'une prairie", "au-dessus d'un pré", "au-dessus d'un champ vert", "au-dessus de l'herbe",
    ),
    "desert": ("au-dessus du désert", "au-dessus d'un désert", "au-dessus des dunes"),
}
_WATER: Table = {
    "swim": (
        "dans la mer", "dans l'océan", "dans l'eau", "en mer", "en pleine mer", "dans les vagues",
        "au milieu de l'océan",
    ),
    "sail": (
        "sur la mer", "en mer", "sur l'océan", "sur l'eau", "en pleine mer", "sur les vagues",
        "sur les flots",
    ),
}
_SPACE = (
    "dans l'espace", "à travers l'espace", "parmi les étoiles", "dans le cosmos", "dans le noir de l'espace",
)
_AT_EARTH = (
    "vers la Terre", "en direction de la Terre", "vers notre planète", "droit sur la Terre",
    "vers la planète Terre",
    "dans l'espace vers la Terre", "dans l'espace", "à travers l'espace",
)
_SEEN_IN_SPACE = ("dans l'espace", "dans le cosmos")

_HEADINGS: Table = {
    "left": ("vers la gauche", "de droite à gauche"),
    "right": ("vers la droite", "de gauche à droite"),
    "towards": ("vers la caméra", "vers nous", "en direction de la caméra", "face à la caméra"),
    "away": ("en s'éloignant", "en s'éloignant de la caméra", "dos à la caméra", "vers l'horizon"),
}
_ASTEROID_HEADINGS: Table = {
    "left": ("de droite à gauche", "depuis la droite"), "right": ("de gauche à droite", "depuis la gauche"),
    "towards": ("droit vers nous",), "away": ("en s'éloignant",),
}
_SKY_AWAY = ("en s'éloignant", "en s'éloignant de la caméra", "dos à la caméra")

_LIGHTS: Table = {
    "day": (
        "de jour", "en plein jour", "pendant la journée", "à la lumière du jour", "en journée", "le jour",
    ),
    "sunset": (
        "au coucher du soleil", "au coucher du soleil", "au soleil couchant", "au crépuscule", "le soir",
        "à la tombée du jour",
        "dans la lumière du soir", "sous un ciel orange", "dans la lumière dorée du couchant",
        "alors que le soleil se couche",
    ),
    "night": (
        "la nuit", "la nuit", "de nuit", "pendant la nuit", "en pleine nuit", "dans la nuit",
        "dans l'obscurité",
        "sous un ciel noir", "au clair de lune",
    ),
}
_CLEAR_LIGHTS: Table = {
    "day": ("sous un ciel bleu", "au soleil", "sous le soleil", "par une journée ensoleillée"),
    "sunset": ("sous un ciel doré",),
    "night": ("sous les étoiles", "sous un ciel étoilé"),
}

_SIDES = (("left", "gauche"), ("right", "droite"))


def _left_right(*phrases: str) -> dict[str, Phrases]:
    return {side: tuple(phrase.format(side=word) for phrase in phrases) for side, word in _SIDES}


_PAN = _left_right(
    "la caméra pivote vers la {side}", "la caméra pivote à {side}", "panoramique vers la {side}",
    "panoramique à {side}",
    "la caméra fait un panoramique vers la {side}", "la caméra panote vers la {side}",
    "la caméra balaie vers la {side}",
)
_ORBIT = _left_right(
    "la caméra tourne à {side}", "la caméra tourne vers la {side}",
    "la caméra tourne autour du sujet vers la {side}",
    "travelling circulaire vers la {side}", "la caméra contourne le sujet vers la {side}",
    "la caméra orbite vers la {side}",
)
_CAMERAS: Table = {
    "still": (
        "la caméra reste immobile", "caméra fixe", "plan fixe", "la caméra est fixe", "caméra immobile",
    ),
    "pan_left": _PAN["left"], "pan_right": _PAN["right"], "orbit_left": _ORBIT["left"],
    "orbit_right": _ORBIT["right"],
    "tilt_up": (
        "la caméra s'incline vers le haut", "la caméra bascule vers le haut", "la caméra se lève",
        "inclinaison vers le haut",
    ),
    "tilt_down": (
        "la caméra s'incline vers le bas", "la caméra bascule vers le bas", "la caméra s'abaisse",
        "inclinaison vers le bas",
    ),
    "zoom_in": (
        "la caméra zoome", "zoom avant", "la caméra se rapproche", "la caméra s'approche", "la caméra avance",
    ),
    "zoom_out": ("la caméra recule", "zoom arrière", "la caméra dézoome", "la caméra s'éloigne"),
}


def _vowel(word: str) -> bool:
    return word[0] in "aeiouyéèêà" and not word.startswith("yacht")


def _of(word: str) -> str:
    """``de`` before the word, elided where French elides it."""
    return f"d'{word}" if _vowel(word) else f"de {word}"


def _noun(spec: WorldSpec, said: Said, pick: Pick) -> Forms:
    noun, feminine = pick.of(_NOUNS[spec.subject])
    gender = int(feminine)
    colour = pick.main(_COLOURS[spec.colour])[gender] if said.colour and not noun.endswith("blanc") else ""
    before, after = "", ""
    if said.size and spec.size == "large" and pick.chance(0.15):
        after = _GIANT[gender]
    elif said.size:
        before = pick.main(_SIZES[spec.size])[gender]
    bare = " ".join(word for word in (before, noun, after, colour) if word)
    definite = f"l'{bare}" if _vowel(bare) else f"{('le', 'la')[gender]} {bare}"
    indef = f"{('un', 'une')[gender]} {bare}"
    np = definite if pick.chance(0.12) else indef
    head = bare if pick.chance(0.2) else np
    return {"np": np, "head": head, "indef": indef, "bare": bare}


def _forms(verb: Verb, place: str = "") -> Forms:
    v, ppr, inf = (f"{form} {place}".strip() for form in verb)
    return {"v": v, "ppr": ppr, "inf": inf, "de_inf": _of(inf)}


def _verb(spec: WorldSpec, said: Said, pick: Pick) -> tuple[Forms, bool]:
    crossing = spec.action in ("walk", "run", "drive", "fly", "sail") and spec.subject != "asteroid"
    if crossing and said.place and not said.heading and pick.chance(0.1):
        air = spec.action == "fly" and spec.place != "space" and pick.chance(0.8)
        return _forms((_OVERFLY if air else _CROSS)[0], pick.of(_CROSSED[spec.place])), True
    return _forms(pick.main(_OWN_VERBS.get((spec.subject, spec.action), _VERBS[spec.action]))), False


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
    if spec.heading == "away" and spec.place == "space":
        return _SKY_AWAY
    return _HEADINGS[spec.heading]


TONGUE = Grammar(
    noun=_noun, verb=_verb, places=_places, headings=_headings,
    lights=_LIGHTS, clear_lights=_CLEAR_LIGHTS,
    weathers={
        "clear": ("sous un ciel dégagé", "par temps clair", "par beau temps"),
        "snowfall": (
            "sous la neige qui tombe", "alors qu'il neige", "pendant qu'il neige", "sous les flocons",
            "sous la neige",
        ),
        "mist": (
            "dans la brume", "dans le brouillard", "par temps de brume", "par temps brumeux",
            "dans une brume légère",
        ),
    },
    distances={
        "close": ("en gros plan", "gros plan", "de près", "plan rapproché"),
        "medium": ("plan moyen",),
        "far": ("au loin", "dans le lointain", "de loin", "plan large"),
    },
    cameras=_CAMERAS,
    styles=(
        "cinématographique", "réaliste", "haute qualité", "animation 3d", "belle image", "vidéo",
        "image détaillée",
    ),
    frames=(
        ("{np} {v} {mods}", 4.5), ("{head} qui {v} {mods}", 2.5), ("{head} en train {de_inf} {mods}", 1.0),
        ("{head} {ppr} {mods}", 1.2),
        ("on voit {indef} qui {v} {mods}", 0.3), ("on voit {indef} {inf} {mods}", 0.3),
        ("il y a {indef} qui {v} {mods}", 0.3),
        ("une vidéo d'{indef} qui {v} {mods}", 0.3), ("vidéo d'{indef} qui {v} {mods}", 0.2),
        ("un film d'{indef} qui {v} {mods}", 0.1), ("un plan d'{indef} qui {v} {mods}", 0.1),
        ("c'est {indef} qui {v} {mods}", 0.1),
        ("montre-moi {indef} qui {v} {mods}", 0.1), ("une scène avec {indef} qui {v} {mods}", 0.1),
    ),
    distance_frames={
        "close": (
            "gros plan sur {indef} qui {v} {mods}", "un gros plan d'{indef} qui {v} {mods}",
            "de près, {indef} {v} {mods}",
        ),
        "far": (
            "plan large d'{indef} qui {v} {mods}", "au loin, {indef} {v} {mods}",
            "plan large sur {indef} qui {v} {mods}",
        ),
    },
    camera_frames=(
        "{camera}, {np} {v} {mods}", "{camera} pendant qu'{indef} {v} {mods}",
        "{camera} tandis qu'{indef} {v} {mods}",
    ),
    statement="{np} {v} {mods}",
    scenes={
        "beach": ("une plage", "la plage", "une plage de sable", "le bord de mer"),
        "snow": ("un paysage enneigé", "un paysage d'hiver", "la neige"),
        "sea": ("la mer", "l'océan", "la pleine mer", "des vagues"),
        "space": ("l'espace", "la Terre dans l'espace", "le cosmos", "les étoiles"),
        "meadow": ("une prairie", "un pré", "un champ vert"),
        "desert": ("un désert", "le désert", "des dunes", "des dunes de sable"),
    },
    scene_frames=(
        "{scene}, {np} {v} {mods}", "{scene} : {indef} qui {v} {mods}", "{scene} avec {indef} qui {v} {mods}",
        "{scene} où {indef} {v} {mods}",
    ),
    light_sentences={
        "day": ("il fait jour", "c'est le jour"),
        "sunset": (
            "le soleil se couche", "c'est le soir", "le ciel est orange", "c'est le coucher du soleil",
        ),
        "night": ("il fait nuit", "c'est la nuit", "il fait sombre"),
    },
    weather_sentences={
        "clear": ("le ciel est dégagé", "le temps est clair", "il fait beau"),
        "snowfall": ("il neige", "la neige tombe", "des flocons tombent"),
        "mist": ("il y a de la brume", "il y a du brouillard", "le temps est brumeux"),
    },
    list_heads=("{bare}", "{indef}", "{indef} qui {v}", "{bare} qui {v}"),
    list_places={
        "beach": ("plage", "sur la plage", "bord de mer"),
        "snow": ("neige", "paysage enneigé", "hiver"),
        "sea": ("mer", "océan", "eau", "vagues"),
        "space": ("espace", "cosmos", "étoiles"),
        "meadow": ("prairie", "pré", "herbe", "champ vert"),
        "desert": ("désert", "dunes", "dunes de sable"),
    },
    list_lights={
        "day": ("jour", "journée", "plein jour"),
        "sunset": ("coucher de soleil", "crépuscule", "soir", "soleil couchant"),
        "night": ("nuit", "obscurité"),
    },
    others=(
        tuple(tuple(noun for noun, _ in nouns) for nouns in _NOUNS.values()), _COLOURS, _SIZES, _GIANT,
        _ARTICLES, _VERBS,
        _OWN_VERBS, _CROSS, _OVERFLY, _CROSSED, _GROUND, _AIR, _WATER, _SPACE, _AT_EARTH, _SEEN_IN_SPACE,
        _HEADINGS, _ASTEROID_HEADINGS, _SKY_AWAY,
    ),
)
