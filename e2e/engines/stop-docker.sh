#!/bin/bash
# stop-docker.sh [DIR] [--wipe]   ends the private daemon of start-docker.sh, and only that; --wipe removes its state too.
folder=$(realpath -m "${1:-${SWITCHYARD_ENGINES:-${XDG_CACHE_HOME:-$HOME/.cache}/switchyard/engines}/docker}")
pid=$(cat "$folder/run/dockerd.pid" 2>/dev/null)
if [ -n "$pid" ] && [ "$(basename "$(readlink "/proc/$pid/exe" 2>/dev/null)")" = dockerd ]; then
  kill "$pid"
  for _ in $(seq 150); do
    kill -0 "$pid" 2>/dev/null || break
    sleep .1
  done
  kill -9 "$pid" 2>/dev/null
fi
if [ "${2:-}" = --wipe ]; then
  for mount in $(grep -o " $folder/[^ ]*" /proc/mounts); do umount "$mount" 2>/dev/null; done
  rm -rf "$folder"
fi
exit 0
