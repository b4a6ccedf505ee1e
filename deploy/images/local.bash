# shellcheck shell=bash
# Stand-ins for public images, from the programs that tests have anyway. Each understands what deploy/compose says
# to the public one: the same entry point, folders, variables, and what busybox has of the commands that stand there.

local_base() { kept local-base "$DEBIAN $BASE,busybox-static $(declare -f debian)" debian "$BASE,busybox-static"; }

# An image of one program in /usr/local/bin on the base.
program_image() { # NAME FILE VERSION CONFIG [LAYER...]
  local name=$1 file=$2 version=$3 config=$4 folder=$work/program-$1 base layer
  shift 4
  mkdir -p "$folder/usr/local/bin"
  cp "$file" "$folder/usr/local/bin/"
  readable "$folder"
  config+=",\"Env\":[\"PATH=/usr/local/bin:/usr/bin\"],\"Labels\":$(labels "$name" "Stand-in of Longshore's tests" "$version" Apache-2.0)"
  base=$(local_base)
  layer=$(kept "$name" "$(sha256sum <"$file")" packed "$folder")
  image "$name" "longshore-local/$name:$version" "$created" "$config" "$base" "$layer" "$@"
}

locked() { awk -v name="$1" '$1 == name { print substr($2, 2) }' "$root/deploy/tools/tools.lock"; }
tool() { "$root/deploy/tools/install" --print-path "$1"; }

build_kubo() {
  program_image kubo "$(tool ipfs)" "$(locked ipfs)" '"Entrypoint":["/usr/local/bin/ipfs"],"Cmd":["daemon"]'
}

# What stands in for the cluster's own image: it waits, and ends when it is asked to.
build_pause() {
  local base
  base=$(local_base)
  image pause longshore-local/pause:1 "$created" '"Entrypoint":["/bin/busybox","sh","-c","trap exit TERM; while :; do sleep 1; done"]' "$base"
}

build_registry() {
  program_image registry "$(tool registry)" "$(locked registry)" '"Entrypoint":["registry"],"Cmd":["serve","/etc/distribution/config.yml"]'
}

build_jaeger() {
  program_image jaeger "$(tool jaeger)" "$(locked jaeger)" '"User":"65532:65532","Entrypoint":["jaeger"]'
}

build_prometheus() {
  mkdir -p "$work/prometheus-home/prometheus"
  packed "$work/prometheus-home" 65534 --no-recursion ./prometheus | layer "$work/layer-prometheus-home"
  program_image prometheus "$(tool prometheus)" debian '"User":"65534:65534","Entrypoint":["prometheus"]' "$work/layer-prometheus-home"
}

# The broker's artifacts are among our jars; the broker's first classes need java.beans.
build_kafka() {
  local folder=$work/kafka config base runtime
  built
  mkdir -p "$folder/opt/kafka" "$work/kafka-home/var/lib/kafka/data"
  "$JAVA_HOME/bin/javac" -nowarn -cp "$root/app/target/lib/*" -d "$folder/opt/kafka" "$images/kafka/LocalKafka.java"
  cp "$images/kafka/logback.xml" "$root"/app/target/lib/longshore-programs-*.jar "$folder/opt/kafka/"
  readable "$folder"
  packed "$folder" | layer "$work/layer-kafka"
  packed "$work/kafka-home" $USER_ID --no-recursion ./var/lib/kafka ./var/lib/kafka/data | layer "$work/layer-kafka-home"
  config="\"User\":\"$USER_ID:$USER_ID\",\"Entrypoint\":$(json /opt/java/bin/java -XX:MaxRAMPercentage=50 -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED \
    --sun-misc-unsafe-memory-access=allow -cp '/opt/kafka:/opt/kafka/*:/opt/longshore/lib/*' LocalKafka)"
  config+=",\"Env\":[\"PATH=/opt/java/bin:/usr/bin\"],\"Labels\":$(labels kafka "Stand-in of Longshore's tests" "$version" Apache-2.0)"
  base=$(local_base)
  runtime=$(java_layer kafka-runtime "$MODULES,java.desktop,java.management.rmi")
  image kafka longshore-local/kafka:maven "$created" "$config" "$base" "$runtime" "$libraries" "$work/layer-kafka" "$work/layer-kafka-home"
}
