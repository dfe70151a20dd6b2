/**
 * AppleScripts for what `utmctl` cannot do, after UTM's dictionary (Scripting/UTM.sdef). They are constants: what a person
 * typed reaches them as arguments and is never part of them. AppleScript, not its JavaScript, because UTM takes a record's
 * enumerations only as those, and JavaScript would hand over words.
 *
 * UTM's answers may take as long as a disk takes to copy, hence the timeouts; the end of our patience is the caller's.
 */

/**
 * The command line of a script. The arguments begin with a word of ours, so that `osascript` does not take one that begins
 * with a dash for an option of its own.
 */
export function scriptArguments(script: string, args: readonly string[]): readonly string[] {
  return ['-l', 'AppleScript', '-e', script, 'berth', ...args]
}

/** Turns the arguments from `first` on, four for each forwarded port, into `theForwards`. */
const forwards = (first: string): string => `
    set theForwards to {}
    repeat with i from ${first} to (count of argv) by 4
      set theAddress to item (i + 1) of argv
      set theHostPort to (item (i + 2) of argv) as integer
      set theGuestPort to (item (i + 3) of argv) as integer
      if item i of argv is "udp" then
        copy {protocol:UDP, host address:theAddress, host port:theHostPort, guest port:theGuestPort} to end of theForwards
      else
        copy {protocol:TCP, host address:theAddress, host port:theHostPort, guest port:theGuestPort} to end of theForwards
      end if
    end repeat`

/**
 * Makes a machine and returns its UUID. Arguments: name, architecture, MiB of memory, cores, `uefi` or `bios`, `yes` or
 * `no` for the hypervisor, the display's hardware, `none`, `blank` or `image` for the disk, its MiB or path, the disc's path
 * or nothing, the network's mode, then the forwards.
 */
export const createScript = `on run argv
  set theName to item 2 of argv
  set theArchitecture to item 3 of argv
  set theMemory to (item 4 of argv) as integer
  set theCores to (item 5 of argv) as integer
  set isUefi to (item 6 of argv is "uefi")
  set hasHypervisor to (item 7 of argv is "yes")
  set theDisplay to item 8 of argv
  set diskKind to item 9 of argv
  set diskFile to missing value
  if diskKind is "image" then set diskFile to POSIX file (item 10 of argv)
  set discFile to missing value
  if item 11 of argv is not "" then set discFile to POSIX file (item 11 of argv)
  set networkMode to item 12 of argv
  tell application "UTM"
    set theDrives to {}
    if discFile is missing value then
      copy {removable:true} to end of theDrives
    else
      copy {removable:true, source:discFile} to end of theDrives
    end if
    if diskKind is "image" then
      copy {removable:false, source:diskFile} to end of theDrives
    else if diskKind is "blank" then
      copy {removable:false, guest size:((item 10 of argv) as integer)} to end of theDrives
    end if${forwards('13')}
    set theNetworks to {}
    if networkMode is "shared" then
      copy {mode:shared} to end of theNetworks
    else if networkMode is "emulated" then
      copy {mode:emulated, port forwards:theForwards} to end of theNetworks
    end if
    with timeout of 86400 seconds
      set theMachine to make new virtual machine with properties {backend:qemu, configuration:{name:theName, architecture:theArchitecture, memory:theMemory, cpu cores:theCores, uefi:isUefi, hypervisor:hasHypervisor, drives:theDrives, network interfaces:theNetworks, displays:{{hardware:theDisplay}}}}
    end timeout
    return id of theMachine
  end tell
end run`

/**
 * Changes a stopped machine's settings, all or none. Arguments: UUID, name, MiB of memory and cores (each may be empty: as
 * it is), the network's mode (empty: as it is), `yes` when there is one to change, the identifier of the drive for the disc
 * (empty: as it is) and the disc's path (empty: none), how many other drives there are and their identifiers, the forwards.
 */
export const configureScript = `on run argv
  set theName to item 3 of argv
  set theMemory to item 4 of argv
  set theCores to item 5 of argv
  set networkMode to item 6 of argv
  set hasNetwork to (item 7 of argv is "yes")
  set discDrive to item 8 of argv
  set discFile to missing value
  if item 9 of argv is not "" then set discFile to POSIX file (item 9 of argv)
  set otherDrives to (item 10 of argv) as integer
  tell application "UTM"
    set theMachine to virtual machine id (item 2 of argv)
    set theChanges to {name:theName}
    if theMemory is not "" then set theChanges to theChanges & {memory:(theMemory as integer)}
    if theCores is not "" then set theChanges to theChanges & {cpu cores:(theCores as integer)}${forwards('11 + otherDrives')}
    if networkMode is "none" then
      set theChanges to theChanges & {network interfaces:{}}
    else if networkMode is not "" then
      if networkMode is "shared" then
        set theNetwork to {mode:shared}
      else
        set theNetwork to {mode:emulated, port forwards:theForwards}
      end if
      if hasNetwork then set theNetwork to {index:0} & theNetwork
      set theChanges to theChanges & {network interfaces:{theNetwork}}
    end if
    if discDrive is not "" then
      set theDrives to {}
      repeat with i from 11 to (10 + otherDrives)
        copy {id:(item i of argv)} to end of theDrives
      end repeat
      if discFile is missing value then
        copy {removable:true} to end of theDrives
      else
        copy {id:discDrive, source:discFile} to end of theDrives
      end if
      set theChanges to theChanges & {drives:theDrives}
    end if
    update configuration of theMachine with theChanges
  end tell
end run`

/** Copies a machine's bundle to where it is to be. Arguments: UUID, path. UTM removes what is there before. */
export const exportScript = `on run argv
  set theFile to POSIX file (item 3 of argv)
  tell application "UTM"
    with timeout of 604800 seconds
      export virtual machine id (item 2 of argv) to theFile
    end timeout
  end tell
end run`

/** Copies a bundle into UTM's folder and returns the UUID of the machine it is then. Argument: path. */
export const importScript = `on run argv
  set theFile to POSIX file (item 2 of argv)
  tell application "UTM"
    with timeout of 604800 seconds
      set theMachine to import new virtual machine from theFile
    end timeout
    return id of theMachine
  end tell
end run`
