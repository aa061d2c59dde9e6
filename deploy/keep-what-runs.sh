#!/bin/sh
# Removes from a built tree all that is not needed to run it. For the image's build alone: it deletes sources.
set -eu
rm -rf bench codegen.yml biome.json jest.config.mjs tsconfig*.json .dependency-cruiser.cjs rover schema scripts \
  package-lock.json gateway/playground docker-compose.yml CONTRIBUTING.md
for package in packages/* subgraphs/* plugins/* gateway; do
  rm -rf "$package/src" "$package/test" "$package/tsconfig.json" "$package"/*.mjs
done
find packages subgraphs plugins gateway -name node_modules -prune -o \
  \( -name '*.d.ts' -o -name '*.map' -o -name '.tsbuildinfo' \) -type f -exec rm -f {} +
