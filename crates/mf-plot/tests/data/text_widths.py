"""Widths that HarfBuzz gives to texts in the figures' fonts, with kerning: `python3 text_widths.py FOLDER > text_widths.csv`.

Needs uharfbuzz; FOLDER is `files/fonts` of the crate typst-assets. Widths are in font units (1000 to the em).
"""

import pathlib
import sys

import uharfbuzz

FONTS = pathlib.Path(sys.argv[1])
TEXTS = [
    "number of states",
    "extrapolation",
    "AVATAR Type. We. To. LT",
    "numerical results, fp8 e4m3fn",
    "0123456789 1.82 = −0.5",
    "χ ξ σ Δ μ π φ Ω ρ ε",
    "Lloyd–Max “kernel” (1960)",
]

print("style,width,text")
for style in ["Regular", "Italic"]:
    font = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(FONTS / f"NewCM10-{style}.otf")))
    for text in TEXTS:
        buffer = uharfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        uharfbuzz.shape(font, buffer, {"kern": True, "liga": False})
        width = sum(position.x_advance for position in buffer.glyph_positions)
        print(f"{style},{width},{text}")
