import { describe, expect, it } from 'vitest'
import { firstFiles, watchPage } from '../../main/first-files.ts'

const html = `<!doctype html>
<html lang="en">
  <head>
    <link rel="icon" type="image/svg+xml" href="./assets/icon-1.svg" />
    <script type="module" crossorigin src="./assets/index-2.js"></script>
    <link rel="modulepreload" crossorigin href="./assets/machine-3.js">
    <link rel="stylesheet" crossorigin href="./assets/index-4.css">
  </head>
  <body><div id="root"></div></body>
</html>`
const page = new TextEncoder().encode(html)
const nothing = new Uint8Array()

async function isServed(watch: ReturnType<typeof watchPage>): Promise<boolean> {
  return Promise.race([watch.whenServed.then(() => true), new Promise<boolean>((r) => setImmediate(() => r(false)))])
}

describe('the files a page begins with', () => {
  it('are its scripts, what they import and its styles, and not its icon', () => {
    expect([...firstFiles(html)]).toEqual(['/assets/index-2.js', '/assets/machine-3.js', '/assets/index-4.css'])
  })

  it('have all been served only when the last of them was, in whatever order they were asked for', async () => {
    const watch = watchPage()
    watch.served('/', page)
    watch.served('/assets/index-4.css', nothing)
    watch.served('/assets/index-2.js', nothing)
    expect(await isServed(watch)).toBe(false)
    watch.served('/assets/machine-3.js', nothing)
    expect(await isServed(watch)).toBe(true)
  })

  it('are not served while nobody has asked for the page', async () => {
    const watch = watchPage()
    watch.served('/assets/index-2.js', nothing)
    expect(await isServed(watch)).toBe(false)
  })
})
