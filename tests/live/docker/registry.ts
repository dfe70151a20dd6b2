import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'

/** A registry of a test's own: one image of two layers, one that needs a login, one for another processor. */
export interface Registry {
  /** `127.0.0.1:PORT`, which every daemon takes without TLS. */
  readonly address: string
  /** Lets the layers' second halves through; until then a pull is under way. */
  readonly release: () => void
  readonly close: () => Promise<void>
}

export async function startRegistry(port = 0): Promise<Registry> {
  const layers = ['one', 'two'].map((name) => tarOf(`${name}.txt`, name.repeat(200_000)))
  const blobs = new Map<string, Buffer>()
  const add = (bytes: Buffer): { readonly digest: string; readonly size: number } => {
    const digest = digestOf(bytes)
    blobs.set(digest, bytes)
    return { digest, size: bytes.length }
  }
  const config = add(
    Buffer.from(
      JSON.stringify({
        architecture: 'amd64',
        os: 'linux',
        config: { Cmd: ['/hello'] },
        rootfs: { type: 'layers', diff_ids: layers.map(digestOf) },
      }),
    ),
  )
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      config: { mediaType: 'application/vnd.docker.container.image.v1+json', ...config },
      layers: layers.map((layer) => ({
        mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
        // Not squeezed: its bytes are to be seen coming.
        ...add(gzipSync(layer, { level: 0 })),
      })),
    }),
  )
  const foreign = {
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.list.v2+json',
    manifests: [
      {
        mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
        digest: digestOf(manifest),
        size: manifest.length,
        platform: { architecture: 's390x', os: 'linux' },
      },
    ],
  }
  let release = (): void => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })

  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://registry').pathname
    const blob = blobs.get(path.split('/blobs/')[1] ?? '')
    if (path === '/v2/') response.end('{}')
    else if (path.startsWith('/v2/private/')) {
      response.statusCode = 401
      response.end(
        JSON.stringify({ errors: [{ code: 'DENIED', message: 'requested access to the resource is denied' }] }),
      )
    } else if (path.startsWith('/v2/public/image/manifests/') && !path.endsWith('/missing')) {
      response.setHeader('content-type', 'application/vnd.docker.distribution.manifest.v2+json')
      response.setHeader('docker-content-digest', digestOf(manifest))
      response.setHeader('content-length', manifest.length)
      response.end(request.method === 'HEAD' ? undefined : manifest)
    } else if (path.startsWith('/v2/foreign/image/manifests/')) {
      response.setHeader('content-type', 'application/vnd.docker.distribution.manifest.list.v2+json')
      response.end(JSON.stringify(foreign))
    } else if (blob !== undefined) {
      response.setHeader('content-length', blob.length)
      if (blob.length < 100_000) response.end(blob)
      else {
        response.write(blob.subarray(0, blob.length / 2))
        await released
        response.end(blob.subarray(blob.length / 2))
      }
    } else {
      response.statusCode = 404
      response.end(JSON.stringify({ errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] }))
    }
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    release,
    async close() {
      release()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** A tar archive of one file. */
function tarOf(name: string, content: string): Buffer {
  const body = Buffer.from(content)
  const header = Buffer.alloc(512)
  header.write(name, 0)
  header.write('0000644\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  header.write(`${body.length.toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000000\0', 136)
  header.write('        ', 148)
  header.write('0', 156)
  header.write('ustar\0', 257)
  header.write('00', 263)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  const padding = Buffer.alloc((512 - (body.length % 512)) % 512)
  return Buffer.concat([header, body, padding, Buffer.alloc(1024)])
}
