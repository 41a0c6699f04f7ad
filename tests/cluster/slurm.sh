#!/usr/bin/env bash
# A real Slurm cluster for the tests: munged, slurmctld and several slurmd on this one machine, without systemd or cgroups.
#   slurm.sh up FOLDER [NODES]   start; prints SLURM_CONF=... once every node is idle
#   slurm.sh node FOLDER NAME    start the daemon of a node again that was killed
#   slurm.sh down FOLDER         stop what "up" started, by its recorded process numbers
# ACCOUNTING=1 also starts a database and slurmdbd, so that sacct answers. Two partitions: `main`, and `urgent`, whose jobs put those
# of `main` back into the queue. Everything lives in FOLDER; nothing outside it is touched. PORT (17200) and the next hundred ports
# are used. Debian's packages: slurmctld slurmd slurm-client munge, and for accounting slurmdbd mariadb-server.
set -euo pipefail
what=$1; D=$(mkdir -p "$2" && cd "$2" && pwd); N=${3:-2}
PORT=${PORT:-17200}; CPUS=${CPUS:-2}; ACCOUNTING=${ACCOUNTING:-0}; HOST=$(hostname -s); ME=$(id -un); DB=$D/database
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
nodes() { [ "$N" = 1 ] && echo n1 || echo "n[1-$N]"; }
ports() { [ "$N" = 1 ] && echo $((PORT + 11)) || echo "[$((PORT + 11))-$((PORT + 10 + N))]"; }

configure() {
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
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_min_interval=50000,bf_interval=1
MaxArraySize=1001
MinJobAge=300
KillWait=3
SlurmdTimeout=5
ReturnToService=2
JobRequeue=1
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
NodeName=$(nodes) NodeHostname=$HOST NodeAddr=127.0.0.1 Port=$(ports) CPUs=$CPUS RealMemory=16000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=1-0 PriorityTier=1 State=UP
PartitionName=urgent Nodes=ALL MaxTime=1-0 PriorityTier=10 PreemptMode=OFF State=UP
C
  if [ "$ACCOUNTING" = 1 ]; then
    printf '%s\n' AccountingStorageType=accounting_storage/slurmdbd AccountingStorageHost=127.0.0.1 \
      "AccountingStoragePort=$((PORT + 1))" "AccountingStoragePass=$D/munge/socket" >> "$D/slurm.conf"
  else
    echo AccountingStorageType=accounting_storage/none >> "$D/slurm.conf"
  fi
}

database() { # a database of its own and slurmdbd before it
  local as=()
  mkdir -p "$DB"; if [ "$(id -u)" = 0 ]; then chown mysql "$DB"; as=(--user=mysql); fi
  mariadb-install-db --no-defaults "${as[@]}" --datadir="$DB/data" --auth-root-authentication-method=normal --skip-test-db > "$D/database.log" 2>&1
  mariadbd --no-defaults "${as[@]}" --datadir="$DB/data" --socket="$DB/socket" --pid-file="$DB/pid" --skip-networking \
    --innodb-buffer-pool-size=64M --innodb-log-file-size=32M --innodb-lock-wait-timeout=900 >> "$D/database.log" 2>&1 &
  wait_for 60 mariadb-admin --no-defaults --socket="$DB/socket" ping
  mariadb --no-defaults --socket="$DB/socket" \
    -e "create database slurm_acct_db; create user slurm@localhost; grant all on slurm_acct_db.* to slurm@localhost"
  (umask 077; cat > "$D/slurmdbd.conf" << C
AuthType=auth/munge
AuthInfo=socket=$D/munge/socket
DbdHost=$HOST
DbdAddr=127.0.0.1
DbdPort=$((PORT + 1))
SlurmUser=$ME
LogFile=$D/slurmdbd.log
PidFile=$D/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=slurm
C
  )
  MYSQL_UNIX_PORT=$DB/socket slurmdbd
  wait_for 60 sacctmgr -n show cluster
  sacctmgr -i add cluster sweeps > /dev/null 2>&1 || :
}

up() {
  mkdir -p "$D/munge" "$D/state"; chmod 755 "$D" "$D/munge"
  (umask 077; head -c 128 /dev/urandom > "$D/munge/key")
  configure
  munged --socket "$D/munge/socket" --key-file "$D/munge/key" --pid-file "$D/munge/munged.pid" \
    --log-file "$D/munge/munged.log" --seed-file "$D/munge/seed" --num-threads 2
  if [ "$ACCOUNTING" = 1 ]; then database; fi
  slurmctld -f "$SLURM_CONF"
  wait_for 30 scontrol ping
  for n in $(seq "$N"); do mkdir -p "$D/spool-n$n"; slurmd -f "$SLURM_CONF" -N "n$n"; done
  wait_for 30 all_idle
  echo "SLURM_CONF=$SLURM_CONF"
}

node() { mkdir -p "$D/spool-$N"; slurmd -f "$SLURM_CONF" -N "$N"; }

down() {
  scancel -u "$ME" 2> /dev/null || :
  local file pid
  for file in "$D"/slurmd-*.pid "$D/slurmctld.pid" "$D/slurmdbd.pid" "$DB/pid" "$D/munge/munged.pid"; do
    [ -s "$file" ] || continue
    pid=$(cat "$file"); kill "$pid" 2> /dev/null || continue
    for _ in $(seq 100); do is_gone "$pid" && break; sleep 0.1; done
    is_gone "$pid" || kill -9 "$pid" 2> /dev/null || :
  done
}

case $what in up | node | down) "$what" ;; *) echo "usage: $0 up|node|down FOLDER [NODES|NAME]" >&2; exit 2 ;; esac
