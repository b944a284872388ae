"""Words that captions never hold but users type: other forms of known words, and words that carry nothing."""

from __future__ import annotations

_FORMS = """
dragon: dragons
bear: bears
horse: horses
stallion: stallions
mare: mares
pony: ponies
robot: robots
android: androids
droid: droids
asteroid: asteroids
meteor: meteors comet comets
meteorite: meteorites
fox: foxes
whale: whales
sailboat: sailboats
boat: boats
ship: ships
yacht: yachts
balloon: balloons
car: cars
automobile: automobiles
bird: birds
walks: walk walked
runs: run ran
swims: swim swam
flies: fly flew flown
sails: sail sailed
drives: drive drove
strikes: strike struck
hits: hit
breathes: breathe breath breathed
spits: spit
crashes: crash crashed
gallops: gallop galloped
soars: soar
glides: glide
floats: float
drifts: drift
strolls: stroll
wanders: wander
races: race
marches: march
strides: stride
moves: move
crosses: cross
paddles: paddle
circles: circle
collides: collide
hurtles: hurtle
flames: flame
flaming: fiery
fire: fires
beach: beaches
shore: shores coast shoreline
sea: seas
ocean: oceans
waves: wave
dunes: dune
meadow: meadows
field: fields
desert: deserts
landscape: landscapes scenery
sunset: sunsets
night: nights nighttime
moonlight: moonlit
mist: mists
misty: hazy
fog: fogs
snowfall: snowstorm
sunny: sunlit
sunshine: sunlight
stars: star
starry: starlit
red: reddish crimson scarlet
grey: greyish grayish
big: bigger
pan: panned
zoom: zoomed
tilt: tilted
orbit: orbited
cheval: chevaux
étalon: étalons
jument: juments
poney: poneys
androïde: androïdes
astéroïde: astéroïdes
météore: météores comète comètes
météorite: météorites
renard: renards renarde
baleine: baleines
voilier: voiliers
bateau: bateaux
ballon: ballons
montgolfière: montgolfières
voiture: voitures
oiseau: oiseaux
ours: ourse
marche: marchent
court: courent
vole: volent
nage: nagent
navigue: naviguent
roule: roulent
crache: crachent cracheur
frappe: frappent
galope: galopent
plane: planent
flotte: flottent
survole: survolent
traverse: traversent
percute: percutent
rouge: rouges
vert: verts
verte: vertes
bleu: bleus
bleue: bleues
noir: noirs
noire: noires
blanc: blancs
blanche: blanches
brun: bruns
brune: brunes
jaune: jaunes
doré: dorés
dorée: dorées
violet: violets
grise: grises
roux: rousse
argenté: argentée
grand: grands
petit: petits
grande: grandes
petite: petites
plage: plages
mer: mers
océan: océans
désert: déserts
prairie: prairies
champ: champs
flammes: flamme
étoiles: étoile
vagues: vague
nuit: nuits
rivage: côte
enneigé: enneigés
brouillard: brouillards
"""
_STOP = """
a an the and or of to in on at is are was be being been it its this that these there here with while as by
for from i we you me my our your please show make create generate draw give want would like see can could
some just so then also who which lovely nice wonderful scene picture image photo clip short
un une le la les des du de et ou au aux à en dans est sont ce cet cette ces il elle on nous vous je moi me
mon ma ton ta son sa ses qui que dont plaît svp merci montre fais fait faire crée génère dessine veux
voudrais aimerais avec pendant joli jolie très comme alors puis scène image photo
"""


def _aliases() -> dict[str, str]:
    rows = (line.partition(":") for line in _FORMS.strip().splitlines())
    return {form: word for word, _, forms in rows for form in forms.split()}


ALIASES: dict[str, str] = _aliases()
"""A word's other form to the form that captions use: the text encoder learns one of them."""
STOP_WORDS: frozenset[str] = frozenset(_STOP.split())
"""Ignored without a remark; where a caption uses such a word it is encoded like any other."""
