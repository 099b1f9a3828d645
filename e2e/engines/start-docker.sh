#!/bin/bash
# start-docker.sh [DIR]   starts a private Docker daemon with all its state in DIR, or finds it running; prints its socket.
# Default DIR: $SWITCHYARD_ENGINES/docker, else the user's cache folder. End it with stop-docker.sh DIR.
# The daemon has its own network namespace: a second daemon in the host's would take the first one's bridge away.
set -euo pipefail
folder=$(realpath -m "${1:-${SWITCHYARD_ENGINES:-${XDG_CACHE_HOME:-$HOME/.cache}/switchyard/engines}/docker}")
here=$(dirname "$(realpath "$0")")
socket=$folder/run/docker.sock

answers() { curl -fsS -m 3 --unix-socket "$socket" http://d/_ping 2>/dev/null | grep -q OK; }
if answers; then echo "$socket"; exit 0; fi

[ "$(id -u)" = 0 ] || { echo "only root can start a private Docker daemon" >&2; exit 3; }
for program in dockerd runc containerd unshare ip curl; do
  command -v $program >/dev/null || { echo "$program is not installed; run e2e/engines/install-packages.sh" >&2; exit 3; }
done
mkdir -p "$folder"/{run,log,exec}
chmod 711 "$folder"

# Two test runs at the same time start one daemon. The daemon must not inherit the lock.
exec 9>"$folder/run/lock"
flock 9
if ! answers; then
  pid=$(cat "$folder/run/dockerd.pid" 2>/dev/null || true)
  if [ -z "$pid" ] || [ "$(basename "$(readlink "/proc/$pid/exe" 2>/dev/null || true)")" != dockerd ]; then
    rm -f "$socket" "$folder/run/dockerd.pid"
    # A bare virtual machine without systemd may not have the cgroup (version 1) hierarchies mounted.
    if ! grep -q ' /sys/fs/cgroup' /proc/mounts; then
      mount -t tmpfs cgroup /sys/fs/cgroup
      for controller in cpu cpuacct cpuset memory devices freezer blkio pids; do
        mkdir -p /sys/fs/cgroup/$controller
        mount -t cgroup -o $controller cgroup /sys/fs/cgroup/$controller || rmdir /sys/fs/cgroup/$controller
      done
    fi
    # overlay2 does not work on every file system, for one not on another overlay; vfs does.
    for driver in overlay2 vfs; do
      setsid unshare --net -- sh -c 'ip link set lo up; exec "$@"' sh \
        dockerd -H "unix://$socket" --data-root "$folder/data-$driver" --exec-root "$folder/exec" -p "$folder/run/dockerd.pid" \
        --iptables=false --ip-masq=false --add-runtime nores="$here/runc-nores" --default-runtime nores \
        --storage-driver $driver --log-level warn --shutdown-timeout 5 \
        </dev/null >>"$folder/log/dockerd.log" 2>&1 9>&- &
      daemon=$!
      for _ in $(seq 600); do
        answers && break 2
        kill -0 $daemon 2>/dev/null || break
        sleep .1
      done
    done
  fi
  for _ in $(seq 50); do
    answers && break
    sleep .1
  done
  answers || { echo "the private Docker daemon did not come up: $(tail -n 3 "$folder/log/dockerd.log" | tr '\n' ' ')" >&2; exit 1; }
fi
echo "$socket"
