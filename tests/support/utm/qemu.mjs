import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** A machine's process, as UTM's launcher runs it: stopped at first, with a line to control it. */
export async function launch(world, { config, path }, onEnd) {
  const { UUID } = config.Information
  const socketPath = join(world.folder, `${UUID.slice(0, 8)}.qmp`)
  const args = [
    ...['-S', '-nodefaults', '-display', 'none', '-uuid', UUID, '-name', 'utm'],
    ...['-m', String(config.System.MemorySize), '-smp', String(config.System.CPUCount || 1)],
    ...['-qmp', `unix:${socketPath},server=on,wait=off`],
  ]
  config.Drive.forEach((drive, index) => {
    if (drive.ImageName === undefined) return
    const file = join(path, 'Data', drive.ImageName).replaceAll(',', ',,')
    args.push('-drive', `if=none,id=drive${index},format=qcow2,file.filename=${file}`)
    args.push('-device', `ide-hd,drive=drive${index}`)
  })
  config.Serial.forEach((serial, index) => {
    const backends = {
      Ptty: 'pty',
      TcpServer: `socket,host=127.0.0.1,port=${serial.TcpPort},server=on,wait=off`,
      // Shown in the app's own window.
      Terminal: 'null',
    }
    const backend = backends[serial.Mode]
    args.push('-chardev', `${backend},id=term${index}`, '-serial', `chardev:term${index}`)
  })
  const child = spawn('qemu-system-x86_64', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  void ended.then(onEnd)
  const line = await Promise.race([reach(socketPath), ended.then(() => null)])
  if (line === null) throw new Error(`QEMU exited from an error: ${said.trim()}`)
  return {
    ended,
    kill: () => child.kill('SIGKILL'),
    execute: line.execute,
    /** A monitor command in words, as UTM gives them: what it answers is an error, or nothing. */
    async monitor(words) {
      const answer = await line.execute('human-monitor-command', { 'command-line': words })
      if (/error/i.test(answer)) throw new Error(answer.trim())
    },
  }
}

async function reach(path) {
  for (;;) {
    const socket = await new Promise((resolve) => {
      const made = connect(path)
      made.once('connect', () => resolve(made))
      made.once('error', () => resolve(null))
    })
    if (socket !== null) return converse(socket)
    await delay(20)
  }
}

async function converse(socket) {
  const waiting = []
  let text = ''
  socket.setEncoding('utf8')
  socket.on('error', () => {})
  socket.on('data', (data) => {
    text += data
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n')) {
      const message = JSON.parse(text.slice(0, end))
      text = text.slice(end + 1)
      if ('return' in message) waiting.shift()?.resolve(message.return)
      else if ('error' in message) waiting.shift()?.reject(new Error(message.error.desc))
    }
  })
  socket.on('close', () => {
    for (const { reject } of waiting.splice(0)) reject(new Error('QEMU exited from an error'))
  })
  const execute = (command, args) =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject })
      socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`)
    })
  await execute('qmp_capabilities')
  return { execute }
}
