# shellcheck shell=bash
# Layers and images (OCI image specification 1.1), from folders and tars. The caller has set $work, $output and $cache.

# The time of every file in a layer, so that a layer changes only with what is in it.
readonly FILE_TIME=315532800 # 1980-01-01, the oldest that a jar can hold

json() { # WORD... -> ["WORD", ...]
  local out='' word
  for word in "$@"; do
    word=${word//\\/\\\\}
    out+=", \"${word//\"/\\\"}\""
  done
  printf '[%s]' "${out:2}"
}

digest() { sha256sum "$1" | cut -d ' ' -f 1; }

# Whatever the umask was when the folder was filled.
readable() { chmod -R u+w,go-w,go+rX "$1"; }

# A tar of the folder, whoever owns it here.
packed() { # FOLDER [OWNER [MEMBER...]]
  local folder=$1 owner=${2:-0}
  shift; (($# == 0)) || shift
  (($# > 0)) || set -- .
  tar -C "$folder" --sort=name --format=gnu --numeric-owner --owner="$owner" --group="$owner" \
    --mtime="@$FILE_TIME" -cf - "$@"
}

# Makes a layer of the tar on stdin: a folder with layer.tar.gz and diff-id.
layer() { # FOLDER
  mkdir -p "$1"
  cat >"$1/layer.tar"
  tar -tf "$1/layer.tar" >/dev/null
  digest "$1/layer.tar" >"$1/diff-id"
  gzip -n "$1/layer.tar"
}

# The layer that COMMAND writes to stdout, made once per KEY; prints its folder.
kept() { # NAME KEY COMMAND...
  local folder new
  folder=$cache/$1-$(sha256sum <<<"$2" | cut -c 1-8)
  if [[ ! -d $folder ]]; then
    echo "making the layer $1" >&2
    shift 2
    new=$(mktemp -d "$cache/.new.XXXXXX")
    "$@" | layer "$new"
    mv -T "$new" "$folder"
  fi
  echo "$folder"
}

# Writes $output/NAME.tar: an OCI image layout that `docker load` takes too, by its manifest.json.
image() { # NAME TAG CREATED CONFIG LAYER... (CONFIG: members of the object `config`)
  local name=$1 tag=$2 created=$3 config=$4 folder=$work/image/$1 diffs=() descriptors='' files=() blob one
  shift 4
  mkdir -p "$folder/blobs/sha256"
  for one in "$@"; do
    blob=$(digest "$one/layer.tar.gz")
    cp "$one/layer.tar.gz" "$folder/blobs/sha256/$blob"
    diffs+=("sha256:$(<"$one/diff-id")")
    files+=("blobs/sha256/$blob")
    descriptors+=",$(descriptor application/vnd.oci.image.layer.v1.tar+gzip "$blob" "$folder")"
  done
  printf '{"created":"%s","architecture":"%s","os":"linux","config":{%s},"rootfs":{"type":"layers","diff_ids":%s}}' \
    "$created" "$(dpkg --print-architecture)" "$config" "$(json "${diffs[@]}")" >"$work/config"
  blob=$(stored "$work/config" "$folder")
  printf '[{"Config":"blobs/sha256/%s","RepoTags":["%s"],"Layers":%s}]' "$blob" "$tag" "$(json "${files[@]}")" >"$folder/manifest.json"
  printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":%s,"layers":[%s]}' \
    "$(descriptor application/vnd.oci.image.config.v1+json "$blob" "$folder")" "${descriptors:1}" >"$work/manifest"
  blob=$(stored "$work/manifest" "$folder")
  one=$(descriptor application/vnd.oci.image.manifest.v1+json "$blob" "$folder")
  printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[%s,"annotations":{"org.opencontainers.image.ref.name":"%s","io.containerd.image.name":"%s"}}%s]}' \
    "${one%\}}" "${tag##*:}" "$(canonical "$tag")" "$(sbom "$one" "$folder")" >"$folder/index.json"
  printf '{"imageLayoutVersion":"1.0.0"}' >"$folder/oci-layout"
  mkdir -p "$output"
  packed "$folder" >"$output/$name.tar"
  rm -r "$folder"
  printf '%s\t%s\tsha256:%s\n' "$tag" "$output/$name.tar" "$blob"
}

# The name by which containerd and a kubelet know it: without one an import is called after its date.
canonical() { case $1 in */*) echo "docker.io/$1" ;; *) echo "docker.io/library/$1" ;; esac; }

# Adds $work/sbom, if there is one, as an artifact that refers to the image; prints what the index gets for it.
sbom() { # DESCRIPTOR_OF_THE_IMAGE FOLDER
  local blob kind=application/vnd.cyclonedx+json
  [[ -f $work/sbom ]] || return 0
  printf '{}' >"$work/empty"
  printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"%s","config":%s,"layers":[%s],"subject":%s}' \
    "$kind" "$(descriptor application/vnd.oci.empty.v1+json "$(stored "$work/empty" "$2")" "$2")" \
    "$(descriptor "$kind" "$(stored "$work/sbom" "$2")" "$2")" "$1" >"$work/referrer"
  blob=$(descriptor application/vnd.oci.image.manifest.v1+json "$(stored "$work/referrer" "$2")" "$2")
  printf ',%s,"artifactType":"%s"}' "${blob%\}}" "$kind"
}

stored() { # FILE FOLDER: moves it to where its digest says; prints the digest
  local blob
  blob=$(digest "$1")
  mv "$1" "$2/blobs/sha256/$blob"
  echo "$blob"
}

descriptor() { # MEDIA_TYPE DIGEST FOLDER
  printf '{"mediaType":"%s","digest":"sha256:%s","size":%s}' "$1" "$2" "$(stat -c %s "$3/blobs/sha256/$2")"
}
