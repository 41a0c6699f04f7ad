#!/usr/bin/env bash
# A real Slurm cluster for the tests: munged, slurmctld and several slurmd on this one machine, without systemd or cgroups.
#   slurm.sh up FOLDER [NODES]   start; prints SLURM_CONF=... once every node is idle
#   slurm.sh down FOLDER         stop what "up" started, by its recorded process numbers
# Everything lives in FOLDER; nothing outside it is touched. PORT (17200) and the next hundred ports are used.
set -euo pipefail
what=$1; D=$(mkdir -p "$2" && cd "$2" && pwd); N=${3:-2}
PORT=${PORT:-17200}; CPUS=${CPUS:-2}; HOST=$(hostname -s); ME=$(id -un)
export PATH=$PATH:/usr/sbin:/sbin SLURM_CONF=$D/slurm.conf

wait_for() { # seconds, command ...
  local end=$(( $(date +%s) + $1 )); shift
  until "$@" > /dev/null 2>&1; do
    [ "$(date +%s)" -lt "$end" ] || { echo "slurm.sh: timed out: $*" >&2; tail -n 5 "$D"/*.log >&2 || :; return 1; }
    sleep 0.1
  done
}
is_gone() { case "$(ps -o stat= -p "$1" 2> /dev/null)" in '' | Z*) return 0 ;; *) return 1 ;; esac; } # a zombie counts as gone
all_idle() { [ "$(sinfo -h -N -t idle -o %N | sort -u | wc -l)" = "$N" ]; }

up() {
  mkdir -p "$D/munge" "$D/state"; chmod 755 "$D" "$D/munge"
  (umask 077; head -c 128 /dev/urandom > "$D/munge/key")
  cat > "$D/slurm.conf" << C
ClusterName=sweeps
SlurmctldHost=$HOST(127.0.0.1)
SlurmctldPort=$PORT
SlurmUser=$ME
SlurmdUser=$ME
AuthType=auth/munge
AuthInfo=socket=$D/munge/socket
CredType=cred/munge
StateSaveLocation=$D/state
SlurmctldPidFile=$D/slurmctld.pid
SlurmctldLogFile=$D/slurmctld.log
SlurmdPidFile=$D/slurmd-%n.pid
SlurmdLogFile=$D/slurmd-%n.log
SlurmdSpoolDir=$D/spool-%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_min_interval=50000,bf_interval=1
MaxArraySize=1001
MinJobAge=300
KillWait=3
ReturnToService=2
JobRequeue=1
NodeName=n[1-$N] NodeHostname=$HOST NodeAddr=127.0.0.1 Port=[$((PORT + 11))-$((PORT + 10 + N))] CPUs=$CPUS RealMemory=16000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=1-0 State=UP
C
  munged --socket "$D/munge/socket" --key-file "$D/munge/key" --pid-file "$D/munge/munged.pid" \
    --log-file "$D/munge/munged.log" --seed-file "$D/munge/seed" --num-threads 2
  slurmctld -f "$SLURM_CONF"
  wait_for 20 scontrol ping
  for n in $(seq "$N"); do mkdir -p "$D/spool-n$n"; slurmd -f "$SLURM_CONF" -N "n$n"; done
  wait_for 30 all_idle
  echo "SLURM_CONF=$SLURM_CONF"
}

down() {
  scancel -u "$ME" 2> /dev/null || :
  local file pid
  for file in "$D"/slurmd-*.pid "$D/slurmctld.pid" "$D/munge/munged.pid"; do
    [ -s "$file" ] || continue
    pid=$(cat "$file"); kill "$pid" 2> /dev/null || continue
    for _ in $(seq 100); do is_gone "$pid" && break; sleep 0.1; done
    is_gone "$pid" || kill -9 "$pid" 2> /dev/null || :
  done
}

case $what in up | down) "$what" ;; *) echo "usage: $0 up|down FOLDER [NODES]" >&2; exit 2 ;; esac
