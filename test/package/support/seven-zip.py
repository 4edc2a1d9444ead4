#!/usr/bin/env python3
"""What electron-builder asks of 7za when it makes a zip: `a [switches] ARCHIVE FOLDER`, links kept as links."""
import os
import sys
import zipfile

archive, folder = [word for word in sys.argv[2:] if not word.startswith('-')]
with zipfile.ZipFile(archive, 'w', zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
    for parent, folders, files in os.walk(folder):
        for name in sorted(folders + files):
            path = os.path.join(parent, name)
            if os.path.islink(path):
                link = zipfile.ZipInfo(path)
                link.create_system = 3
                link.external_attr = 0o120755 << 16
                packed.writestr(link, os.readlink(path))
            elif os.path.isfile(path):
                packed.write(path)
