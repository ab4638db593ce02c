#!/bin/sh
# Starts lastgood's local agent again when it died without having been told to stop.
#   keeper.sh FOLDER COMMAND...
# FOLDER/pid is the agent's number and start (in ticks, `-` if unknown); the agent removes it when it stops in order,
# and then this ends too. FOLDER/pids are its instances; they are ended when the agent cannot be kept alive, since
# nobody would look after them. Nothing here is read from outside the folder, and nothing is run but COMMAND.
dir=$1
shift
export LASTGOOD_KEPT=1 # an agent that we start ends at once if the folder was told to stop while it was starting
quick=0      # deaths in a row of agents that lived less than 30 s
quick_max=5
started=0

nap() { sleep "$1" 2>/dev/null || sleep 1; }
say() { echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) keeper: $*"; }

# Is the process with that number and start alive? A zombie is dead: it only waits for its parent.
alive() {
  [ -n "$1" ] && kill -0 "$1" 2>/dev/null || return 1
  if [ -r "/proc/$1/stat" ]; then
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    # shellcheck disable=SC2086 # fields
    set -- "$2" ${stat##*) } # the name in brackets may hold anything; after it: state, ..., start as the 20th
    [ "$2" != Z ] && { [ "$1" = - ] || [ "${21}" = "$1" ]; }
  else
    case $(ps -o stat= -p "$1" 2>/dev/null) in '' | Z*) return 1 ;; esac
  fi
}

end_instances() {
  for signal in TERM KILL; do
    while read -r pid start; do
      alive "$pid" "$start" && kill -s $signal "$pid" 2>/dev/null
    done <"$dir/pids"
    [ $signal = KILL ] || sleep 5
  done
}

while nap 0.3; do
  read -r pid start 2>/dev/null <"$dir/pid" || { [ -e "$dir/pid" ] && continue || exit 0; }
  alive "$pid" "$start" && continue
  nap 0.1
  [ -e "$dir/pid" ] || exit 0 # it was just being told to stop

  now=$(date +%s)
  if [ $((now - started)) -lt 30 ]; then quick=$((quick + 1)); else quick=1; fi
  if [ $quick -gt $quick_max ]; then
    say "the agent died $quick_max times within seconds of its start; ending its instances and giving up"
    [ -e "$dir/pids" ] && end_instances
    rm -f "$dir/pid"
    exit 1
  fi
  [ $quick -le 1 ] || nap $((quick - 1))
  say "agent $pid is gone; starting it again ($quick)"
  started=$(date +%s)
  "$@" </dev/null >>"$dir/log" 2>&1 &
  child=$!
  # until it has written its own number, or died
  while [ -d "/proc/$child" ] || kill -0 "$child" 2>/dev/null; do
    alive "$child" - || { wait "$child" 2>/dev/null; break; }
    read -r pid start 2>/dev/null <"$dir/pid" && alive "$pid" "$start" && break
    nap 0.1
  done
done
