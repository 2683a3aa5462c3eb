"""How much a file may ask of us. R15: 512 MB, 20 seconds."""

MEMORY_BYTES = 512 * 2**20  # address space of the reading process
CPU_SECONDS = 18
WALL_SECONDS = 20.0
FILE_BYTES = 25 * 2**20  # as uploaded
UNPACKED_BYTES = 250 * 2**20  # all parts of a workbook together
RATIO = 200  # unpacked to packed, of a part large enough to matter
RATIO_MATTERS_FROM = 8 * 2**20
PARTS = 2_000
SHEETS = 200
CELLS = 1_000_000  # of the rectangle that holds every cell of a sheet
ROWS = 30_000
OUTPUT_BYTES = 160 * 2**20  # what the reading process may hand back
