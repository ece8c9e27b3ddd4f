"""Puts packs into a download as Moodle makes it. usage: class.py CLASS.zip PACK.zip...

Beside the packs there is one that was cut off, one hand-in that is no pack, and names that try to be more than names.
"""

import pathlib
import sys
import zipfile

target, *packs = sys.argv[1:]
bad = ['=HYPERLINK("x","y")', "<script>alert(1)<", "Zo\u00eb O\u2019Brien", "\u674e\u660e", "Ana\u202eeeL"]
with zipfile.ZipFile(target, "w") as archive:
    for number, pack in enumerate(packs):
        name = bad[number] if number < len(bad) else f"Learner {number}"
        archive.write(pack, f"{name}_{9000 + number}_assignsubmission_file/pack.zip")
    cut = pathlib.Path(packs[0]).read_bytes()[:5000]
    archive.writestr("Bo Ng_9900_assignsubmission_file/pack.zip", cut)
    archive.writestr("Cy Lo_9901_assignsubmission_file/essay.txt", "This is an essay.")
