#!/bin/bash
# install-packages.sh [docker]   installs the Debian packages of the engines named; starts nothing.
# Answers 3 with one sentence when this user or system cannot install packages.
set -euo pipefail
packages=()
for engine in "${@:-docker}"; do
  case $engine in
    docker) packages+=(docker.io iptables busybox-static) ;;
    *) echo "install-packages: unknown engine $engine" >&2; exit 2 ;;
  esac
done
command -v apt-get >/dev/null || { echo "there is no apt-get here to install ${packages[*]} with" >&2; exit 3; }
[ "$(id -u)" = 0 ] || { echo "only root may install ${packages[*]}; run: sudo apt-get install ${packages[*]}" >&2; exit 3; }
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# No service may start by itself: the tests run their own daemon.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then printf '#!/bin/sh\nexit 101\n' >$policy; chmod 755 $policy; trap 'rm -f $policy' EXIT; fi
apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
