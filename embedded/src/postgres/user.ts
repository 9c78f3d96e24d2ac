import { spawnSync } from 'node:child_process'
import { lstatSync } from 'node:fs'
import { CannotStart } from '../cannot-start.ts'

type PostgresUser = { command: string[]; ownerId: number | undefined }

const nobody = 65534
const inNamespace = ['unshare', '--user', `--map-user=${nobody}`, `--map-group=${nobody}`]
const asNobody = [
  ...['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'],
  // Or nobody could not come through root's folders to the data, nor to the program.
  ...['--inh-caps=+dac_override', '--ambient-caps=+dac_override'],
]

let found: PostgresUser | undefined

/**
 * What to put before a PostgreSQL program, which refuses to run as root. Root looks like another user inside a user
 * namespace, and files stay root's; where those are not allowed, as in many containers, root becomes nobody.
 */
export function asOrdinaryUser(): string[] {
  return findUser().command
}

/** Gives a folder to the user that PostgreSQL runs as: it accepts no other's. */
export function giveToPostgres(folder: string): void {
  const { ownerId } = findUser()
  if (ownerId === undefined || lstatSync(folder).uid === ownerId) return
  spawnSync('chown', ['-R', '-h', String(ownerId), folder])
}

function findUser(): PostgresUser {
  found ??= decide()
  return found
}

function decide(): PostgresUser {
  if (process.getuid?.() !== 0) return { command: [], ownerId: undefined }
  const works = ([program = '', ...options]: string[]) =>
    spawnSync(program, [...options, 'true']).status === 0
  if (works(inNamespace)) return { command: inNamespace, ownerId: 0 }
  if (works(asNobody)) return { command: asNobody, ownerId: nobody }
  throw new CannotStart(
    'PostgreSQL does not run as root, and this system has no way to give root up for it: start the shop as an ordinary user.',
  )
}
