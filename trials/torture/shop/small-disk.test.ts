import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { mountSmallDisk, type SmallDisk, unmountLeftovers } from './small-disk.ts'

const home = mkdtempSync(join(tmpdir(), 'tallyshop-disks-'))
const folder = join(home, 'disk of a trial')
const disk = mountSmallDisk(folder, 8)

describe('a small disk', { skip: disk ? false : 'this user may not mount one' }, () => {
  const { fill, free, unmount } = disk as SmallDisk
  after(() => {
    unmount()
    rmSync(home, { recursive: true, force: true })
  })

  it('takes nothing more once it is full, and goes on when it is free', () => {
    const write = (name: string) => writeFileSync(join(folder, name), Buffer.alloc(100_000))
    write('before')
    fill()
    assert.throws(() => write('amid'), { code: 'ENOSPC' })
    free()
    write('after')
  })

  it('is left alone by others while its trial lives, and removed once that was killed', () => {
    unmountLeftovers()
    assert.ok(isMounted(folder))

    const orphan = join(home, 'orphan')
    mkdirSync(orphan)
    const ended = spawnSync(process.execPath, ['--eval', '']).pid
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', `tallyshop-torture-${ended}-1`, orphan])
    assert.ok(isMounted(orphan))
    unmountLeftovers()
    assert.ok(!isMounted(orphan))
    assert.ok(isMounted(folder))
  })
})

function isMounted(path: string): boolean {
  return readFileSync('/proc/self/mounts', 'utf8').includes(path.replaceAll(' ', '\\040'))
}
