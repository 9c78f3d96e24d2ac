/** A process of its own that decodes: a file comes in, and out go why it was refused (or nothing), and both sizes. */
import { InvalidPicture } from '../domain/errors.ts'
import { makePicture } from '../domain/make-picture.ts'
import { readFrames, writeFrames } from './frames.ts'
import { releaseMemory } from './release-memory.ts'

// Ctrl-C reaches a whole group of processes: this one ends after the service, which closes the pipe.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {})

const none = Buffer.alloc(0)

for await (const file of readFrames(process.stdin)) {
  const answer = await makePicture(file).then(
    ({ main, thumbnail }) => [none, main, thumbnail],
    (error: unknown) => {
      if (error instanceof InvalidPicture) return [Buffer.from(error.reason), none, none]
      throw error
    },
  )
  releaseMemory(file)
  await writeFrames(process.stdout, answer)
}
