/** Loaded into each test file's process: one that something forgotten keeps alive ends, as failed, instead of hanging. */
const deadlineMs = Number(process.env.TEST_FILE_DEADLINE_MS || 180_000)

setTimeout(() => {
  console.error(`${process.argv[1]} did not end within ${deadlineMs / 1000} s: something in it still runs.`)
  process.exit(1)
}, deadlineMs).unref()

// One that is ended from outside still says so to what it started.
process.once('SIGTERM', () => process.exit(143))
