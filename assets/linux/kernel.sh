# Compiles the kernel from Debian's source into $work/vmlinuz.

unpack_kernel_source() {
  source_folder=$work/linux-source-6.1
  [ ! -f "$source_folder/.unpacked" ] || return 0
  say 'unpacking the source of the kernel'
  rm -rf "$source_folder"
  # The documentation and the drivers of graphics cards are two thirds of it. Kconfig wants to see the first's name.
  dpkg-deb --fsys-tarfile "$work"/packages/linux-source-6.1_*.deb | tar -xO ./usr/src/linux-source-6.1.tar.xz | xz -dc |
    tar -x -C "$work" --exclude='linux-source-6.1/Documentation/*' --exclude='linux-source-6.1/drivers/gpu/*.[ch]' \
      --exclude=linux-source-6.1/tools/testing/selftests
  mkdir -p "$source_folder/Documentation"; touch "$source_folder/Documentation/Kconfig" "$source_folder/.unpacked"
}

configure_kernel() {
  make -s -C "$source_folder" ARCH=i386 tinyconfig
  (cd "$source_folder" && scripts/kconfig/merge_config.sh -m .config "$here/kernel.config")
  make -s -C "$source_folder" ARCH=i386 olddefconfig
}

# An option whose conditions are not met is dropped without a word.
check_kernel_options() {
  local line missing=0
  while read -r line; do
    case $line in
      CONFIG_*=n) ! grep -q "^${line%=n}=" "$source_folder/.config" || { say "still on: ${line%=n}"; missing=1; } ;;
      CONFIG_*) grep -qxF "$line" "$source_folder/.config" || { say "not had: $line"; missing=1; } ;;
    esac
  done <"$here/kernel.config"
  [ $missing = 0 ] || die 'kernel.config asks for what this kernel does not have.'
}

build_kernel() {
  local fits; fits=$({ cat "$here/kernel.config" "$here/packages"; echo "$stamp"; gcc --version; } | sha256sum)
  [ "$(cat "$work/vmlinuz.fits" 2>/dev/null)" != "$fits" ] || return 0
  unpack_kernel_source
  say 'compiling the kernel: some minutes'
  configure_kernel >"$work/kernel.log" 2>&1 || { tail -n 5 "$work/kernel.log"; die 'The kernel could not be configured.'; }
  check_kernel_options
  make -C "$source_folder" ARCH=i386 -j"$jobs" bzImage >>"$work/kernel.log" 2>&1 || { tail -n 5 "$work/kernel.log"; die 'The kernel did not compile.'; }
  cp "$source_folder/arch/x86/boot/bzImage" "$work/vmlinuz"; echo "$fits" >"$work/vmlinuz.fits"
}
