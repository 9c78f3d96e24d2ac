/** A reason not to start, or not to go on, that the person at the terminal can act upon: one sentence, shown without a stack. */
export class CannotStart extends Error {
  override name = 'CannotStart'
}
