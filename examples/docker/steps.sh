#!/bin/sh
# What the Docker files do: the application of `examples/service` and what it needs, in a folder that nobody writes to
# afterwards. `sh steps.sh <examples> <folder>`; WX_CANVAS_NODE may name a tarball to install instead of the release.
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
