"""Media: images in, clips out."""

import os

# The decoder's own bound on a picture's pixels, under those of `engine.media.stills`: a file whose parts disagree
# about its size gets no further. OpenCV reads it once, when it is loaded.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(100_000_000))
