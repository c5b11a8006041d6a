#!/bin/sh
# The steps of the Docker files: installs the application of `examples/service` with its packages into
# a folder that is read-only afterwards. `sh steps.sh <examples> <folder>`; WX_CANVAS_NODE may name a tarball to install instead of the release.
set -eu
examples=$1
folder=$2

mkdir -p "$folder"
cp "$examples/docker/package.json" "$folder/"
cd "$folder"
[ -z "${WX_CANVAS_NODE:-}" ] || npm pkg set "dependencies.wx-canvas-node=file:$WX_CANVAS_NODE"
npm install --omit=dev --no-audit --no-fund --ignore-scripts
npm cache clean --force >/dev/null 2>&1

cp -R "$examples/service/." "$folder/"
chmod -R a+rX,a-w "$folder"
