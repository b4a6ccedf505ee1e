# shellcheck shell=bash
# What images and the Debian package are made of: our jars, theirs, and a Java runtime. The caller has set $root, $work, $cache and
# $as_built, and sourced layers.bash.

# What jdeps finds in our jars, and what is asked for by name: crypto.ec, security.*, zipfs.
readonly MODULES=java.base,java.logging,java.management,java.naming,java.net.http,java.security.jgss,java.security.sasl,java.sql,java.xml,jdk.crypto.ec,jdk.jfr,jdk.management,jdk.net,jdk.unsupported,jdk.zipfs

# Temurin brings no jmods any more: jlink takes the modules out of the JDK that runs it.
runtime() { # MODULES
  local folder=$work/runtime
  mkdir -p "$folder/opt"
  "$JAVA_HOME/bin/jlink" --add-modules "$1" --strip-java-debug-attributes --no-header-files --no-man-pages --compress zip-0 --generate-cds-archive --output "$folder/opt/java" >&2
  rm "$folder/opt/java/lib/server/classes_nocoops.jsa" # for heaps of more than 32 GB
  readable "$folder"
  packed "$folder"
  rm -r "$folder"
}
java_layer() { kept "$1" "$2 $(<"$JAVA_HOME/release") $(declare -f runtime)" runtime "$2"; }

# The jars, and a JDK 25 as the launcher finds it.
built() {
  [[ -z ${version-} ]] || return 0
  version=$(sed -n '0,/<artifactId>longshore</d; s/^ *<version>\(.*\)<.version>/\1/p; /<version>/q' "$root/pom.xml")
  [[ -n $as_built ]] || "$root/longshore" version >/dev/null
  if [[ -z ${JAVA_HOME-} || ! -x $JAVA_HOME/bin/jlink || $(<"$JAVA_HOME/release") != *'JAVA_VERSION="25'* ]]; then
    JAVA_HOME=$(dirname "$(dirname "$(compgen -G '/usr/lib/jvm/*25*/bin/jlink' | head -n 1)")")
    export JAVA_HOME
  fi
  local jar
  mkdir -p "$work"/{theirs,ours}/opt/longshore/lib
  for jar in "$root"/app/target/lib/*.jar; do
    case ${jar##*/} in longshore-*) cp "$jar" "$work/ours/opt/longshore/lib" ;; *) cp "$jar" "$work/theirs/opt/longshore/lib" ;; esac
  done
  cp "$root/app/target/longshore-app-$version.jar" "$work/ours/opt/longshore/longshore.jar"
  # Out of its jar: under a read-only root there is no place to unpack it.
  mkdir -p "$work/theirs/opt/longshore/native"
  unzip -p "$root"/app/target/lib/sqlite-jdbc-*.jar "org/sqlite/native/Linux/$(uname -m)/libsqlitejdbc.so" >"$work/theirs/opt/longshore/native/libsqlitejdbc.so"
  mkdir -p "$work/ours/usr/share/doc/longshore" "$work/home/var/lib/longshore"
  cp "$root/LICENSE" "$work/ours/usr/share/doc/longshore/copyright"
  readable "$work"
  libraries=$(kept libraries "$(cd "$work/theirs" && find . -type f -exec sha256sum {} + | sort)" packed "$work/theirs")
}
