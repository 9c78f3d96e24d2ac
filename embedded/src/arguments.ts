import { parseArgs } from 'node:util'
import { CannotStart } from './cannot-start.ts'

export const usage = `npm start               starts the shop
npm start -- --demo     starts it and puts 24 sample products on its shelves
npm start -- --help     shows this

The settings are in README.md.`

/** What `npm start` was asked for behind its `--`; throws CannotStart for anything else. */
export function readArguments(args: string[]): { demo: boolean; help: boolean } {
  try {
    const options = {
      demo: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    } as const
    return parseArgs({ args, options }).values
  } catch (error) {
    const [what] = (error as Error).message.split('. ')
    throw new CannotStart(`${what}: npm start takes --demo and --help only, both behind a "--" of their own.`)
  }
}
