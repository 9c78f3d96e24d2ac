/**
 * Runs a command and ends it when the pipe on file descriptor 3 closes, that is when the launcher is gone. For
 * systems whose kernel does not do that. Usage: guard.ts <signal> <command> [arguments]
 */
import { spawn } from 'node:child_process'
import { Socket } from 'node:net'

const [signal, command, ...args] = process.argv.slice(2)
const child = spawn(command as string, args, { stdio: 'inherit' })

child.once('error', (error) => {
  console.error(error.message)
  process.exit(1)
})
child.once('exit', (code, endedBy) => process.exit(endedBy ? 1 : (code ?? 1)))
for (const each of ['SIGINT', 'SIGTERM', 'SIGQUIT'] as const) process.on(each, () => child.kill(each))

const launcher = new Socket({ fd: 3 })
launcher.resume()
launcher.on('error', () => {})
launcher.once('close', () => {
  child.kill(signal as NodeJS.Signals)
  setTimeout(() => child.kill('SIGKILL'), 5000)
})
