#!/usr/bin/env bash
# The main job on the embedded default: one hub, nine agents of area 0604 庄内, invented people.
# Installs what is missing, builds the release preset, enrols the agents, imports their files, asks one
# round for fiscal year 2011, releases, and prints the indicator tables.
# Usage: bash hub/demo.sh [--keep]     --keep leaves the hub and the agents running
# Files: .demo/ (made anew at every run).
set -euo pipefail
cd "$(dirname "$0")/.."

keep=0
case "${1:-}" in
  "") ;;
  --keep) keep=1 ;;
  -h|--help) sed -n '2,6p' "$0" | sed 's/^# \{0,1\}//'; exit 0 ;;
  *) echo "demo.sh: unknown argument '$1'; see --help" >&2; exit 2 ;;
esac

bash tests/support/setup.sh
cmake --preset release >/dev/null
cmake --build --preset release --target renkei-hub renkei-agent renkei renkei-synth
bin=$PWD/.build/release/bin

work=$PWD/.demo
if [ -d "$work" ]; then
  # A second run starts clean: what an earlier --keep left running is ended first.
  for file in "$work"/run/*.pid; do
    [ -f "$file" ] && kill "$(cat "$file")" 2>/dev/null || true
  done
  sleep 0.3
  rm -rf "$work"
fi
mkdir -p "$work/run" "$work/log" "$work/members"
chmod 700 "$work"

finished=0
stop_all() {
  if [ $keep = 1 ] && [ $finished = 1 ]; then return; fi
  for file in "$work"/run/*.pid; do
    [ -f "$file" ] && kill "$(cat "$file")" 2>/dev/null || true
  done
  [ $finished = 1 ] || echo "demo: stopped early; logs are in $work/log" >&2
}
trap stop_all EXIT

started=$(date +%s)
step() { printf '\n[%3ss] %s\n' "$(($(date +%s) - started))" "$*"; }
port() { # a free port of this machine, different at each call
  local candidate
  while :; do
    candidate=$((20000 + RANDOM % 20000))
    (exec 3<>"/dev/tcp/127.0.0.1/$candidate") 2>/dev/null || { echo "$candidate"; return; }
  done
}
wait_for_port() {
  for _ in $(seq 1 200); do
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return 0
    sleep 0.05
  done
  echo "demo: nothing listens on port $1; see $work/log/hub.log" >&2
  return 1
}

step "Making the invented people of nine members"
"$bin/renkei-synth" demo --out "$work/input" --fixture tests/golden/data/tsuruoka_table5_counts.csv

step "Setting up the hub of area 0604 庄内"
hub_port=$(port)
enrol_port=$(port)
cat >"$work/hub.textproto" <<CONFIG
trust_domain: "hub.shonai.example"
listen: "127.0.0.1:$hub_port"
enrol_listen: "127.0.0.1:$enrol_port"
dns_names: "localhost"
dns_names: "127.0.0.1"
areas: "0604"
two_person: false
root_secret_file: "$work/hub.secret"
anchor_file: "$work/hub.anchor"
writes_per_second: 20
write_burst: 50
CONFIG
"$bin/renkei-hub" init --dir "$work/hub" --config "$work/hub.textproto" | tee "$work/log/hub-init.log"
fingerprint=$(grep -oiE '[0-9a-f]{64}' "$work/log/hub-init.log" | head -1)
"$bin/renkei-hub" serve --dir "$work/hub" >"$work/log/hub.log" 2>&1 &
echo $! >"$work/run/hub.pid"
wait_for_port "$hub_port"
wait_for_port "$enrol_port"
operator=("$bin/renkei" --bundle "$work/hub/operator.bundle")
secretariat=("$bin/renkei" --bundle "$work/hub/secretariat.bundle")

# members.csv: folder,kind,organisation_code,name,insurer_numbers,municipality_code,basis
members=$work/input/members.csv
each_member() { # calls $1 folder kind code name insurers municipality basis
  local folder kind code name insurers municipality basis
  while IFS=, read -r folder kind code name insurers municipality basis <&9; do
    "$1" "$folder" "$kind" "$code" "$name" "$insurers" "$municipality" "$basis"
  done 9< <(tail -n +2 "$members" | tr -d '\r')
}

enrol() {
  local folder=$1 kind=$2 code=$3 name=$4 insurers=$5 municipality=$6 basis=$7
  local dir=$work/members/$folder number
  mkdir -p "$dir/inbox"
  {
    echo "kind: MEMBER_KIND_${kind^^}"
    echo "organisation_code: \"$code\""
    echo "name: \"$name\""
    echo "hub_address: \"127.0.0.1:$hub_port\""
    echo "enrol_address: \"127.0.0.1:$enrol_port\""
    for number in ${insurers//;/ }; do echo "insurer_numbers: \"$number\""; done
    [ -z "$municipality" ] || echo "municipality_code: \"$municipality\""
    echo "basis { basis: LEGAL_BASIS_${basis^^} }"
    echo "accepted_texts { purpose: PURPOSE_REGIONAL_PLANNING text: \"regional-health@1\" }"
    echo "inbox: \"$dir/inbox\""
    echo "auto_submit: true"
    echo "root_secret_file: \"$dir/root.secret\""
    echo "poll_seconds: 1"
  } >"$dir/agent.textproto"
  "$bin/renkei-agent" init --dir "$dir/agent" --config "$dir/agent.textproto" >"$work/log/$folder.log" 2>&1
  "${operator[@]}" member invite --kind "$kind" --code "$code" --name "$name" >"$dir/invite.txt" 2>>"$work/log/$folder.log"
  grep -oE '[0-9A-Z]+(-[0-9A-Z]+)+' "$dir/invite.txt" | head -1 >"$dir/code.txt"
  "$bin/renkei-agent" enrol --dir "$dir/agent" --code "@$dir/code.txt" \
    --ca-fingerprint "$fingerprint" >>"$work/log/$folder.log" 2>&1
  rm -f "$dir/invite.txt" "$dir/code.txt"
  echo "  enrolled: $name ($kind $code)"
}
step "Inviting and enrolling the nine members (keys are made at each member)"
each_member enrol

agree() {
  local folder=$1 kind=$2 code=$3 name=$4 basis=$7
  local dir=$work/members/$folder display=false padded=000000000000$3
  # 鶴岡市 agrees that its own insured may be shown as a table of their own (the plan's table 5).
  [ "$code" = 062031 ] && display=true
  cat >"$dir/agreement.textproto" <<AGREEMENT
dua_id: "01890a5d-ac96-774b-bcce-${padded: -12}"
version: 1
member_kind: MEMBER_KIND_${kind^^}
member_code: "$code"
member_name: "$name"
counterparty: "庄内地域・職域連携推進協議会 事務局"
valid_from: "2020-04-01"
valid_to: "2099-04-01"
first_fiscal_year: 2008
last_fiscal_year: 2029
purpose: PURPOSE_REGIONAL_PLANNING
indicator: "*"
area: "0604"
exact_inner_cells: true
allow_insurer_type_by_municipality: $display
allow_member_level_display: $display
basis { basis: LEGAL_BASIS_${basis^^} article: "demo" }
handling_rule_ref: "demo 2020-04-01"
notice_days: 90
incident_contact_hours: 24
AGREEMENT
  "${secretariat[@]}" agreement propose --file "$dir/agreement.textproto" >>"$work/log/$folder.log" 2>&1
  "$bin/renkei-agent" agreement sign --dir "$dir/agent" --yes >>"$work/log/$folder.log" 2>&1
}
step "Data-use agreements: proposed by the secretariat, signed by each member"
each_member agree

import() {
  local folder=$1 name=$4 status=0
  echo "  $name"
  "$bin/renkei-agent" import --dir "$work/members/$folder/agent" \
    "$work/input/$folder"/roster.csv \
    $(ls "$work/input/$folder"/*.zip "$work/input/$folder"/exams.csv \
         "$work/input/$folder"/guidance.csv "$work/input/$folder"/consents.csv 2>/dev/null) \
    2>&1 | tee -a "$work/log/$folder.log" | grep -E '^ *(total|合計|imported)' || true
  status=${PIPESTATUS[0]}
  [ "$status" = 0 ] || [ "$status" = 3 ] || { echo "demo: import failed; see $work/log/$folder.log" >&2; return 1; }
}
step "Importing each member's files at the member"
each_member import

step "Opening a round for fiscal year 2011"
"${secretariat[@]}" round open --area 0604 --fiscal-year 2011 --indicators default | tee "$work/log/round.log"
round=$(grep -oE '[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}' "$work/log/round.log" | head -1)

submit() {
  "$bin/renkei-agent" submit --dir "$work/members/$1/agent" --round "$round" >>"$work/log/$1.log" 2>&1
  echo "  $4: sent, receipt kept in its journal"
}
step "Each member counts, protects and submits"
each_member submit

overlap() {
  local counts
  case $2 in insurer | workplace) ;; *) return 0 ;; esac
  counts=$("$bin/renkei-agent" preview --dir "$work/members/$1/agent" --round "$round" \
    --indicator checkup_rate --by total --format csv | awk -F, '$2 == "area" { print $8 " eligible, " $7 " examined" }')
  echo "  $4: $counts"
}
step "Who counts whom: the people of 模擬製造株式会社 are the society's, so nothing of them leaves twice"
each_member overlap

step "Closing the round; what a release would hide, in every layout of the policy's ladder"
"${secretariat[@]}" round close --round "$round"
"${secretariat[@]}" release check --round "$round"

step "Releasing in the finest"
"${secretariat[@]}" release make --round "$round"

step "Indicators of area 0604 庄内, all members"
"${secretariat[@]}" query --area 0604 --fiscal-year 2011 --format table
step "Indicators of 鶴岡市, all members"
"${secretariat[@]}" query --area 0604 --municipality 062031 --fiscal-year 2011 --format table
step "鶴岡市's own insured, by sex and age: checkup rate"
"${secretariat[@]}" query --area 0604 --municipality 062031 --member-kind municipality \
  --fiscal-year 2011 --indicator checkup_rate --by sex,age --format table

if [ $keep = 1 ]; then
  start_daemon() {
    "$bin/renkei-agent" run --dir "$work/members/$1/agent" >>"$work/log/$1.log" 2>&1 &
    echo $! >"$work/run/$1.pid"
  }
  each_member start_daemon
fi
finished=1
step "Done"
cat <<HELP
Ask more (with --keep the hub and the agents stay running):
  $bin/renkei --bundle $work/hub/secretariat.bundle query --area 0604 --fiscal-year 2011 --by sex,age --format csv
  $bin/renkei --bundle $work/hub/secretariat.bundle query --help
  $bin/renkei-agent preview --dir $work/members/$(sed -n 2p "$members" | cut -d, -f1)/agent --round $round
  $bin/renkei-agent journal --dir $work/members/$(sed -n 2p "$members" | cut -d, -f1)/agent
HELP
