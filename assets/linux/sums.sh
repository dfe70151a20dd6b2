# What the image was made from and what came of it.

write_sources() {
  local use kind name version source
  echo '# The image was made from these packages of Debian 12, by the programs below. README.md offers their sources.'
  while read -r use kind name version; do
    [ "$use" = in ] || continue
    case $name in linux-source-*) source=linux ;; musl-dev) source=musl ;; *) source=$name ;; esac
    echo "$source $version"
  done < <(grep -Ev '^(#|$)' "$here/packages")
  echo "gcc-12 $(awk '$3 == "libgcc-12-dev" { print $4 }' "$here/packages") (libgcc, in busybox)"
  echo
  gcc --version | head -n 1
  (mke2fs -V 2>&1 || true) | head -n 1
}

# Of what is packed, the sums of what is in it: another version of the packer writes other bytes.
write_sums() {
  (cd "$work" && sha256sum vmlinuz busybox) >"$here/SHA256SUMS"
  (cd "$here" && sha256sum bios.bin vgabios.bin) >>"$here/SHA256SUMS"
  local name
  for name in linux-disk linux-state linux-state-disk; do
    printf '%s  %s\n' "$(gzip -dc "$here/$name.gz" | sha256sum | cut -d ' ' -f 1)" "$name" >>"$here/SHA256SUMS"
  done
}
