/** Loaded into each test file's process: one that something forgotten keeps alive ends, as failed, instead of hanging. */
const deadlineMs = 180_000

setTimeout(() => {
  console.error(`${process.argv[1]} did not end within ${deadlineMs / 1000} s: something in it still runs.`)
  process.exit(1)
}, deadlineMs).unref()
