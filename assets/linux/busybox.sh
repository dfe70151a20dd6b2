# Compiles busybox from Debian's source, for i386 and with musl in it, into $work/busybox. Debian's own shows no Hangul:
# it is built for characters up to 767.

# A gcc for i386 without gcc-multilib: all it needs besides itself is in the unpacked packages.
write_specs() {
  local musl=$work/i386/usr gcc_folder=$work/i386/usr/lib/gcc/i686-linux-gnu/12
  local include="-nostdinc -isystem $musl/include/i386-linux-musl -isystem $source_folder/usr/include"
  cat >"$work/i386.specs" <<SPECS
%rename cpp_options plain_cpp_options

*cpp_options:
$include %(plain_cpp_options)

*cc1:
%(cc1_cpu) $include

*link_libgcc:
-L$musl/lib/i386-linux-musl

*libgcc:
$gcc_folder/libgcc.a

*startfile:
$musl/lib/i386-linux-musl/crt1.o $musl/lib/i386-linux-musl/crti.o

*endfile:
$musl/lib/i386-linux-musl/crtn.o

*link:
-m elf_i386 -static -nostdlib

SPECS
}

build_busybox() {
  local fits folder=$work/busybox-source
  fits=$({ cat "$here/busybox.config" "$here/packages"; echo "$stamp"; gcc --version; } | sha256sum)
  [ "$(cat "$work/busybox.fits" 2>/dev/null)" != "$fits" ] || return 0
  say 'compiling busybox'
  rm -rf "$folder" "$work/i386"
  for name in musl-dev libgcc-12-dev; do unpack $name "$work/i386" i386; done
  dpkg-source --no-check -x "$work"/packages/busybox_*.dsc "$folder" >"$work/busybox.log"
  unpack_kernel_source
  make -C "$source_folder" ARCH=i386 headers >>"$work/busybox.log" 2>&1
  write_specs
  local compile=(make -C "$folder" "CC=gcc -m32 -no-pie -fno-pie -specs=$work/i386.specs" HOSTCC=gcc)
  {
    "${compile[@]}" defconfig
    # The last word on an option counts, and `oldconfig` takes the usual answer for what is new.
    local line name
    while read -r line; do
      case $line in CONFIG_*) ;; *) continue ;; esac
      name=${line%%=*}
      sed -i -E "/^(# )?$name[ =]/d" "$folder/.config"
      case $line in *=n) echo "# $name is not set" ;; *) echo "$line" ;; esac >>"$folder/.config"
    done <"$here/busybox.config"
    (yes '' || true) | "${compile[@]}" oldconfig
    "${compile[@]}" -j"$jobs" busybox
  } >>"$work/busybox.log" 2>&1 || { tail -n 15 "$work/busybox.log"; die 'busybox did not compile.'; }
  cp "$folder/busybox" "$work/busybox"
  "${compile[@]}" busybox.links >>"$work/busybox.log" 2>&1 && cp "$folder/busybox.links" "$work/busybox.links"
  echo "$fits" >"$work/busybox.fits"
}
