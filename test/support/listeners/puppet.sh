#!/bin/sh
# A program for event scenarios: waits for the file $1.go, prints $2 (printf's escapes) to descriptor $3, waits for the file $1.end, exits with $4.
wait_for() {
  while ! [ -e "$1" ]; do sleep 0.01; done
}
wait_for "$1.go"
[ -z "$2" ] || printf "$2" >&"$3"
wait_for "$1.end"
exit "$4"
