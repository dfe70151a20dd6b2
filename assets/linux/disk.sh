# Makes the disk: ext4 without partitions, the same bytes every time. It needs no compiler, only the kernel and busybox.

disk_bytes=1073741824

make_root() { # FOLDER
  local path
  rm -rf "$1"; mkdir -p "$1"; cp -r "$here/root/." "$1/"
  mkdir -p "$1"/{bin,sbin,usr/bin,usr/sbin,boot,dev,proc,sys,run,tmp,root,home,mnt/host,var/log}
  cp "$work/vmlinuz" "$1/boot/vmlinuz"
  cp "$work/busybox" "$1/bin/busybox"
  while read -r path; do
    [ -e "$1$path" ] || { mkdir -p "$1${path%/*}"; ln -s /bin/busybox "$1$path"; }
  done <"$here/busybox.links"
  # Whoever builds it, and whatever became of the files on their way here.
  find "$1" -type d -exec chmod 755 {} +; find "$1" -type f -exec chmod 644 {} +
  chmod 1777 "$1/tmp"; chmod 700 "$1/root"
  chmod 755 "$1/bin/busybox" "$1"/etc/berth/{start,console,listen,stop} "$1/etc/acpi/PWRF/00000080" "$1/etc/udhcpc/default.script"
  find "$1" -exec touch -h -d "$stamp" {} +
}

make_file_system() { # FOLDER IMAGE
  rm -f "$2"; truncate -s $disk_bytes "$2"
  export E2FSPROGS_FAKE_TIME=$SOURCE_DATE_EPOCH
  # Nothing of what this system's own file says of file systems.
  printf '[fs_types]\n\text4 = {\n\t\tfeatures = has_journal\n\t}\n' >"$work/mke2fs.conf"
  MKE2FS_CONFIG=$work/mke2fs.conf mke2fs -q -F -t ext4 -b 4096 -I 256 -i 16384 -m 0 -L linux -J size=4 -d "$1" \
    -O none,has_journal,ext_attr,dir_index,filetype,sparse_super,large_file,extent,flex_bg,uninit_bg,resize_inode,huge_file,dir_nlink,extra_isize \
    -U 4c696e75-7820-4265-8274-680000000001 \
    -E hash_seed=4c696e75-7820-4265-8274-680000000002,root_owner=0:0,lazy_itable_init=1,lazy_journal_init=1,packed_meta_blocks=1 "$2"
  # The files are root's, and so is every time that mke2fs took from the folder or the clock.
  (cd "$1" && find . -mindepth 1 | LC_ALL=C sort) | while read -r path; do
    for field in uid gid; do echo "sif \"${path#.}\" $field 0"; done
    for field in atime ctime crtime; do echo "sif \"${path#.}\" $field @$SOURCE_DATE_EPOCH"; done
  done | debugfs -w -f - "$2" >/dev/null 2>"$work/debugfs.log"
}

# The first two sectors, which know where the kernel lies.
make_bootable() { # IMAGE
  local blocks first count bytes
  blocks=$(debugfs -R 'blocks /boot/vmlinuz' "$1" 2>/dev/null)
  first=${blocks%% *}; count=$(wc -w <<<"$blocks")
  # shellcheck disable=SC2086
  [ "$(seq -s ' ' "$first" $((first + count - 1)))" = "$(echo $blocks)" ] || die 'The kernel does not lie in one piece.'
  as --32 -o "$work/boot.o" "$here/boot.S"
  ld -m elf_i386 -Ttext 0x7c00 --oformat binary -o "$work/boot.bin" "$work/boot.o"
  bytes=$(stat -c %s "$work/vmlinuz")
  write_number "$work/boot.bin" kernel_sector $((first * 8))
  write_number "$work/boot.bin" kernel_sectors $(((bytes + 511) / 512))
  dd if="$work/boot.bin" of="$1" conv=notrunc status=none
}

write_number() { # FILE SYMBOL NUMBER: 32 bits, where the symbol is
  local at; at=$((16#$(nm "$work/boot.o" | awk -v name="$2" '$3 == name { print $1 }')))
  # shellcheck disable=SC2059
  printf "$(printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($3 & 255)) $(($3 >> 8 & 255)) $(($3 >> 16 & 255)) $(($3 >> 24 & 255)))" |
    dd of="$1" bs=1 seek="$at" conv=notrunc status=none
}

make_disk() { # IMAGE
  make_root "$work/root"
  make_file_system "$work/root" "$1"
  make_bootable "$1"
  e2fsck -fn "$1" >"$work/e2fsck.log" 2>&1 || { cat "$work/e2fsck.log"; die 'The file system is not whole.'; }
}
