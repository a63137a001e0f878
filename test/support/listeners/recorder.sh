#!/bin/sh
# An event listener in the plainest shell: writes each event's header line, then its payload and a line end, to the file it is given.
while :; do
  echo READY
  read -r header || exit 0
  len=${header##*len:}
  { echo "$header"; head -c "$len"; echo; } >>"$1"
  printf 'RESULT 2\nOK'
done
