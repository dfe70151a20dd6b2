import type { Opened } from './fids.ts'
import type { Path } from './names.ts'
import type { Names, Tree } from './tree.ts'

/** `.` and `..`, which the system's list leaves out. */
const dots: readonly Buffer[] = [Buffer.from('.'), Buffer.from('..')]

/** A folder that the guest has opened, and how far it has read its entries. */
export class Listing implements Opened {
  /** How many entries were taken so far: what the guest knows the next one by. */
  position: number
  #names: Names | null = null
  /** One that was read and did not fit. */
  #kept: Buffer | null = null

  /** With a position it is one that was open in a kept state. */
  constructor(position = 0) {
    this.position = position
  }

  /** Opens the folder, so that a list of nothing is refused at once. */
  static open(tree: Tree, path: Path): Listing {
    const listing = new Listing()
    listing.#names = tree.names(path)
    return listing
  }

  /** Goes to a position the guest remembers: from the beginning anew if that was passed already. */
  seek(tree: Tree, path: Path, position: number): void {
    if (position < this.position || (position > 0 && this.#names === null)) this.#rewind()
    // What is left out is bounded by the folder, not by the guest.
    while (this.position < position && this.next(tree, path) !== null);
  }

  next(tree: Tree, path: Path): Buffer | null {
    const name = this.#kept ?? dots[this.position] ?? this.#read(tree, path)
    this.#kept = null
    if (name !== null) this.position += 1
    return name
  }

  /** Takes the last one back: it comes next again. */
  putBack(name: Buffer): void {
    this.#kept = name
    this.position -= 1
  }

  /** The same to be read anew, from where it was. */
  gone(): Listing {
    return new Listing(this.position)
  }

  close(): void {
    this.#names?.close()
    this.#names = null
  }

  #read(tree: Tree, path: Path): Buffer | null {
    this.#names ??= tree.names(path)
    // A buffer, as it was opened; the types know text only.
    const entry = this.#names.dir.readSync()
    return entry === null ? null : Buffer.from(entry.name as string | Buffer as Buffer)
  }

  #rewind(): void {
    this.close()
    this.#kept = null
    this.position = 0
  }
}
