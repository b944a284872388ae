"""Words that a vocabulary may lack, and what is said of them: near in meaning, or only spelt like a known one.

No torch here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Language = Literal["en", "fr"]

_NEAR: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "fox": "wolf coyote jackal",
        "horse": "donkey mule zebra foal colt",
        "whale": "orca dolphin shark",
        "bird": "eagle hawk falcon seagull gull crow raven pigeon sparrow parrot duck swan owl",
        "dragon": "dinosaur wyvern hydra",
        "robot": "cyborg mech automaton",
        "car": "truck van taxi bus vehicle",
        "sailboat": "vessel rowboat schooner catamaran canoe",
        "balloon": "airship blimp zeppelin",
        "sea": "lake river sound bay",
        "beach": "coastline",
        "snow": "glacier tundra",
        "meadow": "grassland pasture lawn savanna",
        "space": "galaxy universe",
        "sunset": "sunrise dawn twilight",
        "night": "midnight",
        "day": "morning noon afternoon",
        "blue": "turquoise azure navy cyan",
        "green": "emerald lime",
        "purple": "lilac magenta",
        "brown": "tan beige",
        "running": "jogging",
        "galloping": "trotting cantering",
        "floating": "hovering",
    },
    "fr": {
        "renard": "loup coyote chacal",
        "cheval": "âne mule zèbre poulain",
        "baleine": "orque dauphin requin",
        "oiseau": "aigle faucon mouette corbeau pigeon moineau perroquet canard cygne hibou",
        "dragon": "dinosaure",
        "robot": "cyborg automate",
        "voiture": "camion taxi bus véhicule",
        "voilier": "navire barque",
        "montgolfière": "dirigeable zeppelin",
        "mer": "lac rivière",
        "neige": "glacier toundra",
        "prairie": "pelouse pâturage savane",
        "espace": "galaxie univers",
        "crépuscule": "aube aurore",
        "nuit": "minuit",
        "jour": "matin midi",
        "bleu": "turquoise azur",
        "vert": "émeraude",
        "galope": "trotte",
    },
}
RELATED: Mapping[Language, Mapping[str, str]] = {
    language: {other: word for word, others in rows.items() for other in others.split()}
    for language, rows in _NEAR.items()
}
"""The known word that comes nearest in meaning, by language and lower-case word."""

_OTHER_WORDS = """
bench beech breach block blank broom branch ballroom calling coarse cart dessert diving drafting drawing drinking
dying failing filling flamingo flea flowing frying glass glider greed greek grant guiding hiding hoarse horde hours
house houses hotel matches matching marriage mowing place places plain planets plans plant plants plate plates queen
raining raving reading ruining sailor seating selling share sharp shark shirt short singing sitting skiing skimming
sliding slimming smell smiling smoke spade spare speech spice spider spinning spoon stage stairs stare staring start
station store storm story strange street stroking table talking teacher tower turning waiting wailing walls wanting
washing whole window winner woman women working world write writer autre blanchi branche cadre caméléon cheveux
chien cour cours couleur coussin danser dessin femme ferme fleur forêt homme jeune maison manche marchand maître
monter montagne noix page pierre planche plante plongeant porte ranger regard roman route rue saison salle tente
terrain toile tour voilure
"""
OTHER_WORDS = frozenset(_OTHER_WORDS.split())
"""Common words that are spelt nearly like words of walt's worlds, and mean something else: never taken for a slip."""

_SMALL_WORDS = """
a above across afar along among an and are around as at away backs broad by close closer comes depuis direction
distance distant down downward downwards during every face facing far from front good here in into is it its long me
medium middle moves moving near of off on one onto open our out outer over past per see seen shows small so some
still straight that the their there these this thin through time to toward towards two under up upward upwards us
very view viewer we while wide with without 3d animation beautiful cinematic clip detailed film footage image
landscape picture quality realistic shot subject video show looks goes big bright giant huge large little enormous
immense tiny warm clear ailé au aux avant avec bas belle beau bord c' ce ces cette clair d' dans de des dessous
dessus devant dos droit du elle en entre est et gros grosse grand grande haut haute il ils immobile l' la le les
loin lointain lève milieu minuscule moi moyen même notre nous où par parmi pendant petit petite pivote plein pleine
plan près pré qu' que qui reste s' se sous sujet sur tandis temps tout toute un une vers y à énorme
cinématographique détaillée paysage qualité réaliste scène vidéo
"""
SMALL_WORDS = frozenset(_SMALL_WORDS.split())
"""Words that say nothing of what is to be seen: prepositions, articles, style. Others of a vocabulary do."""
