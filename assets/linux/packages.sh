# Fetches what `packages` names into $work/packages, with an apt that has lists and a status of its own: nothing is
# installed, root is not needed, and what this system's apt knows stays as it is. The mirrors are the system's;
# MIRROR and SECURITY_MIRROR name others, snapshot.debian.org for one, which keeps the versions that mirrors drop.

mirrors() { # KIND: the first address of the system's lists that is (security) or is not (main) the security archive's
  find /etc/apt -name sources.list -o -path '*/sources.list.d/*.list' -o -path '*/sources.list.d/*.sources' | sort | xargs -r cat |
    grep -Eo '^(deb|URIs:) .*' | grep -Eo 'https?://[^] ]*debian[^] ]*' | sed 's,/*$,,' |
    if [ "$1" = security ]; then grep security; else grep -v security; fi | head -n 1 || true
}

apt_for() { # ARCHITECTURE COMMAND…
  local state=$work/apt-$1 architecture=$1; shift
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial"; touch "$state/status"
  apt-get -qq -o APT::Architecture="$architecture" -o APT::Architectures="$architecture" -o APT::Sandbox::User=root \
    -o Dir::State="$state" -o Dir::State::Lists="$state/lists" -o Dir::State::status="$state/status" -o Dir::Cache="$state/cache" \
    -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=/dev/null/none \
    -o Acquire::Languages=none -o Acquire::Retries=5 "$@"
}

write_sources_list() {
  local main=${MIRROR:-$(mirrors main)} security=${SECURITY_MIRROR:-$(mirrors security)} kind
  local key='[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]'
  [ -n "$main" ] || die 'This system names no Debian mirror. Name one: MIRROR=http://…'
  for kind in deb deb-src; do
    echo "$kind $key $main bookworm main"
    [ -z "$security" ] || echo "$kind $key $security bookworm-security main"
  done >"$work/sources.list"
}

fetch_packages() {
  local _use kind name version architecture file plain updated=' '
  mkdir -p "$work/packages"; write_sources_list
  while read -r _use kind name version; do
    plain=${version#*:}
    case $kind in i386) architecture=i386 ;; *) architecture=$(dpkg --print-architecture) ;; esac
    case $kind in source) file=${name}_$plain.dsc ;; i386) file=${name}_*_i386.deb ;; *) file=${name}_*.deb ;; esac
    [ -z "$(find "$work/packages/" -name "$file" -print -quit)" ] || continue
    case $updated in *" $architecture "*) ;; *)
      # One index of several may be out of step with its mirror. What is missing because of that says so below.
      apt_for "$architecture" update || say "The mirror's lists for $architecture could not all be read."
      updated="$updated$architecture " ;;
    esac
    say "fetching $name $version"
    if [ "$kind" = source ]; then
      (cd "$work/packages" && apt_for "$architecture" source --download-only "$name=$version")
    else
      (cd "$work/packages" && apt_for "$architecture" download "$name=$version")
    fi || die "The mirror has no $name $version. snapshot.debian.org keeps old versions; see MIRROR in packages.sh."
  done < <(grep -Ev '^(#|$)' "$here/packages")
}

unpack() { # PACKAGE FOLDER [ARCHITECTURE]
  local file
  file=$(find "$work/packages/" -name "$1_*${3:+_$3}.deb" -print -quit)
  [ -n "$file" ] || die "The package $1 was not fetched."
  mkdir -p "$2"; dpkg-deb -x "$file" "$2"
}
