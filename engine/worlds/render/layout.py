"""Where each number lies in the flat arrays that the kernels read: environment, camera, primitives, flames, glows."""

from __future__ import annotations

# environment vector ------------------------------------------------------------------------------------------------
PLACE, TIME, LIGHT, WEATHER, SALT = 0, 1, 2, 3, 4
KEY = 5  # direction to the key light, then its colour
KEY_RGB = 8
SKY_AMB = 11
GROUND_AMB = 14
FILL = 17  # direction to the fill light, then its colour
FILL_RGB = 20
ZENITH = 23
HORIZON = 26
DISC = 29  # direction to the visible sun or moon
DISC_RGB = 32
CLOUDS, STARS, FOG = 35, 36, 37
CLOUD_LIT = 38
CLOUD_DARK = 41
FOG_RGB = 44
OFF_X, OFF_Z = 47, 48  # noise offsets of this seed
SHORE, WAVES, EXPOSURE = 49, 50, 51
WAKE = 52  # x, z of the subject, its forward x, z, then width and strength of the wake
PLANET = 58  # centre, radius
IMPACT = 62  # unit vector of the impact on the planet, then strength, then reach of the shock ring (radians)
SPIN = 67  # rotation of the planet about its axis
REACH = 68  # centre and radius of a ball round the whole subject
ENV = 72

# places --------------------------------------------------------------------------------------------------------------
BEACH, SNOW, SEA, SPACE, MEADOW, DESERT = 0, 1, 2, 3, 4, 5
DAY, SUNSET, NIGHT = 0, 1, 2

# camera vector: eye, right, up, forward, tan of half the field of view in x and y, pixel angle ------------------------
EYE, RIGHT, UP, AHEAD, TAN_X, TAN_Y, PIXEL = 0, 3, 6, 9, 12, 13, 14
CAM = 15

# primitive rows ------------------------------------------------------------------------------------------------------
KIND, MATTER, BLEND, BALL, RGB, RGB2, PATTERN, ORIGIN, AXES, SIZES, EXTRA = (
    0,
    1,
    2,
    3,
    7,
    10,
    13,
    14,
    17,
    26,
    29,
)
PRIM = 34
LIMB, OVAL, BOX, DISC_KIND, MEMBRANE, HULL, ROCK = 0, 1, 2, 3, 4, 5, 6
# membrane outlines
BAT, FEATHER, SAIL, FLUKE = 0, 1, 2, 3
# matter: how a surface answers light
MATT, FUR, PAINT, GLOW, GLASS, STRIPES, STONE, SKIN, CLOTH, SCALES = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9

# flames: origin, direction, length, first radius, last radius, strength, kind, speed ----------------------------------
FLAME = 12
FIRE, SPRAY, TRAIL, JET = 0, 1, 2, 3
# glows: position, radius, colour, strength as a lamp
GLOWS = 8
