# Reads tools.lock and asks a program for its version; sourced by `install` and `check`.
# shellcheck shell=bash disable=SC2034 # the arrays are read by the scripts that source this

tools_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
names=()
declare -A version set takes how source programs probe stamp

read_lock() {
  local name row_version row_set row_takes row_how row_source row_programs row_probe row_stamp
  while read -r name row_version row_set row_takes row_how row_source row_programs row_probe row_stamp; do
    [[ -z $name || $name == \#* ]] && continue
    names+=("$name")
    version[$name]=$row_version set[$name]=$row_set takes[$name]=$row_takes how[$name]=$row_how
    source[$name]=$row_source programs[$name]=${row_programs//,/ } probe[$name]=$row_probe stamp[$name]=$row_stamp
  done <"$tools_dir/tools.lock"
}

# The row that a name or one of its programs stands in; fails if there is none.
row_of() {
  local name program
  for name in "${names[@]}"; do
    [[ $name == "$1" ]] && echo "$name" && return
    for program in ${programs[$name]}; do
      [[ ${program%%=*} == "$1" ]] && echo "$name" && return
    done
  done
  return 1
}

module_has() { # NAME: its go.mod asks for what the lock says
  awk -v module="${source[$1]}" -v version="${version[$1]}" \
    '{ sub(/^require /, "") } $1 == module && $2 == version { found = 1 } END { exit !found }' \
    "$tools_dir/modules/$1/go.mod"
}

not_older() { # HAVE WANT
  [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]
}

# What the file says of its version: its own answer, or for a Go program without one its build record.
version_text() { # NAME FILE
  local text='' record=''
  if [[ ${how[$1]} == apt && ${probe[$1]} == - ]]; then
    dpkg-query -W -f '${Version}' "${source[$1]}" 2>/dev/null || true
    return
  fi
  [[ ${probe[$1]} == - ]] || text=$(timeout 20 "$2" "${probe[$1]}" </dev/null 2>&1) || true
  if [[ ${how[$1]} == go ]] && ! names_version "$text" "${version[$1]#v}"; then
    record=$(timeout 20 go version -m "$2" 2>/dev/null | awk -v module="${source[$1]}" '($1 == "mod" || $1 == "dep") && $2 == module { print $3 }') || true
  fi
  echo "${record:-$text}"
}

names_version() { # TEXT VERSION: 0.43.1 is neither 0.43.10 nor 0.43.1-rc1
  [[ $1 =~ (^|[^0-9.])"$2"($|[^0-9.-]) ]]
}

is_right() { # NAME FILE
  local text have
  text=$(version_text "$1" "$2")
  case ${version[$1]} in
    ">="*)
      # A library found where no package database is (not Debian) cannot say its version.
      [[ -n $text ]] || { [[ ${probe[$1]} == - ]] && return; }
      [[ $text =~ [0-9]+(\.[0-9]+)+ ]] && have=${BASH_REMATCH[0]} && not_older "$have" "${version[$1]#>=}"
      ;;
    *) names_version "$text" "${version[$1]#v}" ;;
  esac
}
