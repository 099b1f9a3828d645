#!/bin/bash
# make-images.sh SOCKET   makes the test image switchyard-test/busybox from this machine's static busybox; no registry is asked.
set -euo pipefail
export DOCKER_HOST=unix://$1
image=switchyard-test/busybox
# Two test runs at the same time make them once.
exec 9>"$(dirname "$1")/images.lock"
flock 9
docker image inspect "$image" "$image:nobody" >/dev/null 2>&1 && exit 0
program=$(command -v busybox) || { echo "busybox-static is not installed; run e2e/engines/install-packages.sh" >&2; exit 3; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder"/{bin,etc,tmp,in,out,proc,sys,dev}
chmod 1777 "$folder/tmp"
cp "$program" "$folder/bin/busybox"
for applet in $(busybox --list); do
  [ "$applet" = busybox ] || ln -s busybox "$folder/bin/$applet"
done
tar -C "$folder" -c . | docker import -c 'ENV PATH=/bin' - "$image" >/dev/null
# The same for a user without rights, as many images are made.
tar -C "$folder" -c . | docker import -c 'ENV PATH=/bin' -c 'USER 65534:65534' - "$image:nobody" >/dev/null
